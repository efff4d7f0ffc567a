#!/usr/bin/env bash
# at-once.sh - compiles of one module at the same time.
#
# Goal: several compiles of one module at once, into one file and one cache, do
# not disturb each other; the second use of a cache compiles nothing; and an
# entry that is damaged is not believed.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

real_wasm json
target="--quiet --target ${VIV_TARGET:-gs}"
compile json.wasm alone.viv

pids=
for i in 1 2 3 4; do
    # shellcheck disable=SC2086
    "$VIV" compile json.wasm -o out.viv $target --cache cache \
        >"log.$i" 2>&1 &
    pids="$pids $!"
done
# Whoever looks sees nothing or the whole.
while [ -n "$(jobs -rp)" ]; do
    [ ! -e out.viv ] || cmp -s out.viv alone.viv || fail 'half an output'
    sleep 0.05
done
for pid in $pids; do
    wait "$pid" || fail "one of four compiles failed: $(cat log.*)"
done
cmp out.viv alone.viv || fail 'the output differs'
rm log.*

# shellcheck disable=SC2086
works compile json.wasm -o again.viv $target --cache cache --timings
grep -q '^cached.1$' stdout || fail 'compiled again in spite of the cache'
cmp again.viv alone.viv || fail 'the cache holds something else'

# Every entry damaged in the middle.
for entry in cache/*; do
    printf 'damage' | dd of="$entry" bs=1 conv=notrunc status=none \
        seek=$(($(stat -c %s "$entry") / 2))
done
# shellcheck disable=SC2086
works compile json.wasm -o again.viv $target --cache cache --timings
grep -q '^cached.0$' stdout || fail 'a damaged entry was used'
cmp again.viv alone.viv || fail 'the output differs'
holds json.wasm alone.viv out.viv again.viv cache
