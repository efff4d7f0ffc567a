#!/usr/bin/env bash
# truncated.sh - modules that end too early.
#
# Goal: modules that end too early, at any byte, are refused by one sentence.
# Every beginning in one process; a sample of them through the command.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

for name in lz json interp; do
    real_wasm "$name"
done
# shellcheck disable=SC2086
${VIV_WRAP-} "$VIV_BUILD/tests/cli_prefixes" wasm lz.wasm json.wasm \
    interp.wasm || fail 'some beginnings were not refused as they should be'

size=$(stat -c %s json.wasm)
for part in 0 1 2 3 5 8 13 21 34 55 89; do
    bytes=$((size * part / 100))
    # 8 bytes alone, the preamble, would be a module.
    [ "$bytes" != 8 ] || bytes=9
    head -c "$bytes" json.wasm >cut.wasm
    fails_with 1 'cut.wasm' compile cut.wasm -o cut.viv --quiet
    fails_with 1 'cut.wasm' inspect cut.wasm
    fails_with 125 'cut.wasm' run cut.wasm
    [ ! -s stdout ] || fail 'something on stdout'
done
head -c $((size - 1)) json.wasm >cut.wasm
fails_with 1 'at byte' compile cut.wasm -o cut.viv --quiet
holds lz.wasm json.wasm interp.wasm cut.wasm

compile json.wasm json.viv
# shellcheck disable=SC2086
${VIV_WRAP-} "$VIV_BUILD/tests/cli_prefixes" compiled json.viv ||
    fail 'some beginnings were not refused as they should be'
size=$(stat -c %s json.viv)
for part in 0 1 2 10 30 50 90 99; do
    head -c $((size * part / 100)) json.viv >cut.viv
    fails_with 1 'cut.viv' inspect cut.viv
    fails_with 125 'cut.viv' run cut.viv
done
holds lz.wasm json.wasm interp.wasm json.viv cut.viv cut.wasm
