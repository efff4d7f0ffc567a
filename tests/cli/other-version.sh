#!/usr/bin/env bash
# other-version.sh - compiled modules that are not for us.
#
# Goal: a compiled module of another ABI version, target or maker is refused
# before any of its code runs, and the sentence names both sides.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

echo '(module (func (export "main") (result i32) (i32.const 5)))' >a.wat
wasm a.wat a.wasm
compile a.wasm a.viv

# patch FIELD VALUE: a copy with 32 bits of the header changed, FIELD words
# behind the magic number; patched.viv.
patch() {
    python3 - "$1" "$2" <<'PYTHON'
import sys
data = bytearray(open("a.viv", "rb").read())
at = data.index(b"VIVM") + 4 * int(sys.argv[1])
data[at:at + 4] = (int(sys.argv[2]) & 0xFFFFFFFF).to_bytes(4, "little")
open("patched.viv", "wb").write(data)
PYTHON
}

patch 1 7777
fails_with 125 7777 run patched.viv
grep -q -w 1 stderr || fail 'our own version is not named'
fails_with 1 7777 inspect patched.viv
patch 1 0
fails_with 125 patched.viv run patched.viv
patch 2 99
fails_with 125 patched.viv run patched.viv
patch 3 -1
fails_with 125 patched.viv run patched.viv
patch 4 -1
fails_with 125 patched.viv run patched.viv
patch 0 0
fails_with 125 patched.viv run patched.viv

# A shared object that is nobody's compiled module.
echo 'int x;' >other.c
gcc -shared -o other.viv other.c
fails_with 125 other.viv run other.viv
fails_with 1 other.viv inspect other.viv
cp /bin/true program.viv
fails_with 125 program.viv run program.viv

# Unharmed it runs, also once the compiler's own file is gone.
works run a.viv
prints 5
holds a.wat a.wasm a.viv patched.viv other.c other.viv program.viv
