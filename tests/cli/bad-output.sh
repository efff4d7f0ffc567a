#!/usr/bin/env bash
# bad-output.sh - outputs that cannot be written.
#
# Goal: an output that cannot be written is one sentence, and what was there
# before is still there.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

echo '(module (func (export "main") (result i32) (i32.const 5)))' >a.wat
wasm a.wat a.wasm
target="--target ${VIV_TARGET:-gs} --quiet"

# shellcheck disable=SC2086
{
    fails_with 1 nowhere/a.viv compile a.wasm -o nowhere/a.viv $target
    mkdir folder
    fails_with 1 folder compile a.wasm -o folder $target
    [ -z "$(ls -A folder)" ] || fail 'something was left in the folder'
    holds a.wat a.wasm folder

    # A failed compile leaves the old output.
    compile a.wasm a.viv
    cp a.viv old.viv
    head -c 20 a.wasm >half.wasm
    fails_with 1 half.wasm compile half.wasm -o a.viv $target
    cmp a.viv old.viv || fail 'a failed compile touched the output'
    fails_with 1 no-such-cc compile a.wasm -o a.viv $target --cc no-such-cc
    cmp a.viv old.viv || fail 'a failed compile touched the output'
    fails_with 1 false compile a.wasm -o a.viv $target --cc false
    cmp a.viv old.viv || fail 'a failed compile touched the output'
    holds a.wat a.wasm half.wasm a.viv old.viv folder

    # A cache that cannot be used slows down and does nothing else.
    echo text >file
    works compile a.wasm -o a.viv $target --cache file
    works run a.viv
    prints 5
    rm file

    # No scratch folder.
    (
        export TMPDIR=$PWD/missing
        fails_with 1 missing compile a.wasm -o b.viv $target
    ) || exit 1
    [ ! -e b.viv ] || fail 'an output without a scratch folder'

    # No rights: not even root may write here.
    if [ "$(id -u)" != 0 ]; then
        mkdir locked
        chmod 500 locked
        fails_with 1 locked/a.viv compile a.wasm -o locked/a.viv $target
        [ -z "$(ls -A locked)" ] || fail 'something was left in the folder'
        rmdir locked
    else
        fails_with 1 /sys/kernel/a.viv compile a.wasm -o /sys/kernel/a.viv \
            $target
    fi
}
holds a.wat a.wasm half.wasm a.viv old.viv folder
