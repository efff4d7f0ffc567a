#!/usr/bin/env bash
# help.sh - how the command explains itself.
#
# Goal: whoever tries the command finds out how it is used, and a command line
# that makes no sense ends with code 2 and one line.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

for ask in help --help -h; do
    works "$ask"
    prints 'usage: viv COMMAND'
    for name in run eval repl compile inspect pack image doctor bench version \
        help; do
        prints "  $name "
    done
done
for name in run eval repl compile inspect pack image doctor bench; do
    works help "$name"
    prints "usage: viv $name"
    cp stdout help
    works "$name" --help
    cmp -s help stdout || fail "viv $name --help differs from viv help $name"
done
works help compile
for option in -o --target --jobs --cc --keep-c --emit-only --fuel \
    --pgo-generate --pgo-use --cache --quiet --timings; do
    prints "  $option"
done

version=$(cat "$VIV_ROOT/VERSION")
for ask in version --version; do
    works "$ask"
    [ "$(cat stdout)" = "viv $version" ] || fail "the version is not $version"
done

run_viv
[ "$code" = 2 ] || fail "viv alone ended with $code, not 2"
[ -s stderr ] || fail 'viv alone did not complain'
[ ! -s stdout ] || fail 'viv alone did not complain on stderr'
fails_with 2 'nonsense' nonsense
fails_with 2 'nonsense' help nonsense
fails_with 2 'viv help compile' compile
fails_with 2 'viv help inspect' inspect
fails_with 2 'viv help run' run
fails_with 2 'viv help pack' pack
fails_with 2 '-o' pack folder
fails_with 2 'viv help bench' bench a.viv
fails_with 2 '--call f' bench --call f
fails_with 2 '--seconds' bench --seconds 0
fails_with 2 '--seconds' bench --seconds soon
fails_with 2 '--threads' bench --threads 0
fails_with 2 '--threads' bench --threads 513
fails_with 2 '--json' bench --json --meters
fails_with 2 '--nonsense' bench --nonsense
fails_with 2 'one folder' pack a b -o a.pack
fails_with 2 '--mount' run --mount nothing a.wasm
fails_with 2 '--env' run --env =x a.wasm
fails_with 2 '-o' compile a.wasm
fails_with 2 '--nonsense' compile a.wasm -o a.viv --nonsense
fails_with 2 '--target' compile a.wasm -o a.viv --target
fails_with 2 'nonsense' compile a.wasm -o a.viv --target nonsense
fails_with 2 '--jobs' compile a.wasm -o a.viv --jobs many
fails_with 2 '--jobs' compile a.wasm -o a.viv --jobs -1
fails_with 2 '-O9' compile a.wasm -o a.viv -O9
fails_with 2 'one file' compile a.wasm b.wasm -o a.viv
fails_with 2 'one file' inspect a.wasm b.wasm
fails_with 2 '--pgo' compile a.wasm -o a.viv --pgo-generate a --pgo-use b
holds help
