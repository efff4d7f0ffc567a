#!/usr/bin/env bash
# backtrace.sh - a guest that is stopped says where it was.
#
# Goal: below the sentence of a trap stand the functions that the guest was in,
# innermost first, by name if they have one; a deep stack is cut; and nothing
# that a guest calls its functions reaches the terminal.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

# Calls through a table stay calls.
cat >deep.wat <<'END'
(module (memory 1) (type $t (func (param i32) (result i32)))
 (table 2 funcref) (elem (i32.const 0) $innermost $deep)
 (func $innermost (type $t) (i32.load (local.get 0)))
 (func $middle (type $t)
  (i32.add (call_indirect (type $t) (local.get 0) (i32.const 0))
   (i32.const 1)))
 (func $deep (export "deep") (type $t)
  (i32.add (call_indirect (type $t) (local.get 0) (i32.const 1))
   (i32.const 1)))
 (func $spin (export "spin") (loop $l (br $l)))
 (elem declare func $middle)
 (func $outer (export "go") (type $t)
  (table.set 0 (i32.const 1) (ref.func $middle))
  (i32.add (call_indirect (type $t) (local.get 0) (i32.const 1))
   (i32.const 1))))
END
wat2wasm --debug-names deep.wat -o named.wasm
wat2wasm deep.wat -o bare.wasm
compile named.wasm named.viv
compile bare.wasm bare.viv

# frames NAMES...: what stands below the sentence, but for the addresses.
frames() {
    local have want
    have=$(sed -n 's/^    at 0x[0-9a-f]* //p' stderr)
    want=$(printf '%s\n' "$@")
    [ "$have" = "$want" ] || fail "the frames are not $*"
}

fails_with 126 'out of bounds memory access: 0xff000000' \
    run --invoke go named.viv 0xff000000
frames innermost middle outer
fails_with 126 'out of bounds memory access' run --invoke go bare.viv 0xff000000
frames 'function 0' 'function 1' go

# The addresses are those of a disassembler.
address=$(sed -n 's/^    at 0x\([0-9a-f]*\) function 0$/\1/p' stderr)
objdump -d bare.viv >listing
grep -q "^ *$address:" listing || fail "no instruction at $address"

fails_with 126 'call stack exhausted' \
    run --stack 65536 --invoke deep named.viv 1
[ "$(grep -c '^    at 0x[0-9a-f]* deep$' stderr)" = 32 ] ||
    fail 'not 32 frames'
[ "$(tail -n 1 stderr)" = '    and so on' ] || fail 'it is not said to be cut'

compile named.wasm metered.viv --fuel
fails_with 124 'limit of fuel is spent' \
    run --fuel 1000 --invoke spin metered.viv
frames spin

# A name with a colour in it, and one that is very long.
python3 - <<'END'
def leb(n):
    return bytes([n & 127 | 128]) + leb(n >> 7) if n > 127 else bytes([n])
def section(number, content):
    return bytes([number]) + leb(len(content)) + content
def text(name):
    return leb(len(name)) + name
names = section(1, bytes([1, 0]) + text(b'\x1b[31mred\r\n' + b'x' * 1000))
open('rude.wasm', 'wb').write(
    b'\0asm\1\0\0\0' + section(1, b'\1\x60\0\0') + section(3, b'\1\0') +
    section(7, b'\1' + text(b'f') + b'\0\0') +
    section(10, b'\1\3\0\0\x0b') + section(0, text(b'name') + names))
END
compile rude.wasm rude.viv
fails_with 126 'unreachable' run --invoke f rude.viv
grep -q '^    at 0x[0-9a-f]* ?\[31mred??x*$' stderr ||
    fail 'the name is not tamed'
[ "$(wc -L <stderr)" -le 240 ] || fail 'the name is too long'
