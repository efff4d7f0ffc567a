#!/usr/bin/env bash
# small-module.sh - a small module, from text to results.
#
# Goal: a small module is compiled for both flavours, described, and run; the
# results come one a line, a trap says which, and the exit code tells.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

cat >small.wat <<'WAT'
(module $small
  (memory (export "memory") 1 4)
  (data (i32.const 8) "\2a")
  (global (export "seven") i32 (i32.const 7))
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "all") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
    (local.get 3) (local.get 2) (local.get 1) (local.get 0))
  (func (export "load") (param i32) (result i32)
    (i32.load8_u (local.get 0)))
  (func (export "divide") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1)))
  (func (export "nothing"))
  (func $main (export "main") (result i32) (i32.const 99)))
WAT
wasm small.wat small.wasm

says() {
    [ "$(tr '\n' ' ' <stdout)" = "$1 " ] || fail "not $1"
    [ ! -s stderr ] || fail 'something on stderr'
}

try_all() {
    works run --invoke add "$1" 40 2
    says 42
    works run --invoke add "$1" -1 0xffffffff
    says -2
    works run --invoke all "$1" -5 9007199254740993 0.5 -1e300
    says '-1.0000000000000001e+300 0.5 9007199254740993 -5'
    works run --invoke load "$1" 8
    says 42
    works run --invoke nothing "$1"
    [ ! -s stdout ] || fail 'a function without results printed one'
    works run "$1"
    says 99
    fails_with 126 'out of bounds memory access' run --invoke load "$1" 65536
    fails_with 126 'integer divide by zero' run --invoke divide "$1" 1 0
    fails_with 126 'integer overflow' run --invoke divide "$1" 0x80000000 -1
    fails_with 125 '2 arguments, not 1' run --invoke add "$1" 1
    fails_with 125 'seven' run --invoke add "$1" 1 seven
    fails_with 125 '4294967296' run --invoke add "$1" 1 4294967296
    run_viv run --invoke nobody "$1"
    [ "$code" = 125 ] || fail 'there is no function nobody'
    grep -q -w add stderr || fail 'the functions that there are were not told'
}

targets=portable
[ "${VIV_TARGET-}" ] || targets='gs portable'
for target in $targets; do
    works compile small.wasm -o "$target.viv" --target "$target"
    [ ! -s stdout ] || fail 'a compile is not silent'
    [ ! -s stderr ] || fail 'a compile is not silent'
    try_all "$target.viv"
    works inspect "$target.viv"
    prints add
    prints memory
    prints "$target"
    works inspect "$target.viv" --json
    python3 -m json.tool stdout >/dev/null || fail 'not JSON'
done
try_all small.wasm

works inspect small.wasm
prints add
works inspect small.wasm --json
python3 -m json.tool stdout >/dev/null || fail 'not JSON'

# The mask of the user's permissions holds for what is written.
(umask 077 && works compile small.wasm -o private.viv --quiet) || exit 1
[ "$(stat -c %a private.viv)" = 700 ] ||
    fail "private.viv has mode $(stat -c %a private.viv) under umask 077"

# shellcheck disable=SC2086
holds small.wat small.wasm private.viv $(printf '%s.viv ' $targets)
