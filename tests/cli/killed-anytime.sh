#!/usr/bin/env bash
# killed-anytime.sh - a compile may be killed at any moment.
#
# Goal: a compile that is killed, at whatever moment, leaves no half file under
# the final name and no lock; the next compile works, and removes what was left.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

echo '(module (func (export "main") (result i32) (i32.const 5)))' >a.wat
wasm a.wat a.wasm
compile a.wasm whole.viv
options="-o out.viv --quiet --target ${VIV_TARGET:-gs}"

start=${EPOCHREALTIME/[.,]/}
compile a.wasm whole.viv
took=$(((${EPOCHREALTIME/[.,]/} - start) / 1000))

# kill_at SIGNAL MS [--foreground]: kill a compile after so many milliseconds;
# with --foreground the compilers that it started live on.
kill_at() {
    local code=0 after
    after=$(printf '%d.%03d' $(($2 / 1000)) $(($2 % 1000)))
    # shellcheck disable=SC2086
    timeout -s "$1" ${3-} "$after" "$VIV" compile a.wasm $options \
        >stdout 2>stderr || code=$?
    if [ -e out.viv ]; then
        cmp out.viv whole.viv || fail 'half a file under the final name'
        finished=$((finished + 1))
        rm out.viv
    elif [ "$code" = 0 ]; then
        fail 'the compile succeeded without an output'
    else
        killed=$((killed + 1))
    fi
}

killed=0 finished=0
for i in $(seq 0 9); do
    # Spread over the whole of a compile, a little beyond its end.
    at=$((took * i / 8))
    [ "$at" -gt 0 ] || at=1
    kill_at KILL "$at"
    kill_at KILL "$at" --foreground
    kill_at INT "$at"
    kill_at TERM "$at" --foreground
done
echo "$killed killed, $finished finished in time"
[ "$killed" -gt 10 ] || fail 'hardly one compile was killed: the test is void'

# Compilers that outlived their parent may still be writing.
sleep 1
# shellcheck disable=SC2086
works compile a.wasm $options
cmp out.viv whole.viv || fail 'the next compile made something else'
holds a.wat a.wasm whole.viv out.viv
