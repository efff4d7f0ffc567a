#!/usr/bin/env bash
# names.sh - symbols and backtraces show the wasm names of functions.
#
# modes: plain
#
# SPDX-License-Identifier: Apache-2.0
cat >deep.wat <<'END'
(module (memory 1)
 (func $innermost (param i32) (result i32)
  (i32.div_u (i32.const 1) (i32.load (local.get 0))))
 (func $middle (param i32) (result i32)
  (i32.add (call $innermost (local.get 0)) (i32.const 1)))
 (func $outer (export "go") (param i32) (result i32)
  (i32.add (call $middle (local.get 0)) (i32.const 1))))
END
wat2wasm --debug-names deep.wat -o deep.wasm
works compile -O0 --target "${VIV_TARGET:-gs}" deep.wasm -o deep.viv
for name in innermost middle outer; do
    nm deep.viv | grep -q " fn[0-9]*_$name\$" || fail "nm lacks $name"
done

fails_with 126 'integer divide by zero' run --invoke go deep.viv 0

command -v gdb >/dev/null || skip 'there is no gdb'
[ -z "${VIV_WRAP-}" ] || skip 'the command runs under a tool'
[ "${VIV_MODE:-plain}" = plain ] || skip 'gdb and sanitizers do not mix'
gdb -nx -batch -ex 'set debuginfod enabled off' \
    -ex 'set breakpoint pending on' -ex 'break fn0_innermost' -ex run -ex bt \
    --args "$VIV" run --invoke go deep.viv 0 >backtrace 2>&1 </dev/null || true
if grep -q -i 'ptrace.*not permitted\|could not trace' backtrace; then
    skip 'gdb may not trace here'
fi
for name in innermost middle outer; do
    grep -q "^#.* fn[0-9]*_$name" backtrace || {
        cat backtrace
        fail "the backtrace lacks $name"
    }
done
