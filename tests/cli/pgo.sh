#!/usr/bin/env bash
# pgo.sh - a profile is made by a run, used by a compile, and changes no result.
#
# SPDX-License-Identifier: Apache-2.0
cat >loop.wat <<'END'
(module
 (func (export "collatz") (param $n i64) (result i32) (local $steps i32)
  (block $done (loop $again
   (br_if $done (i64.eq (local.get $n) (i64.const 1)))
   (if (i32.wrap_i64 (i64.and (local.get $n) (i64.const 1)))
    (then (local.set $n (i64.add (i64.mul (local.get $n) (i64.const 3))
                                 (i64.const 1))))
    (else (local.set $n (i64.shr_u (local.get $n) (i64.const 1)))))
   (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
   (br $again)))
  (local.get $steps)))
END
wasm loop.wat loop.wasm

# round NAME WORDS...: compile with these words, run, use what came of it.
round() {
    local name=$1
    shift
    works compile "$@" loop.wasm -o plain.viv
    works compile "$@" --pgo-generate "$name" loop.wasm -o making.viv
    works run --invoke collatz making.viv 27
    prints 111
    [ -n "$(ls "$name")" ] || fail "$name: the run left no profile"
    works compile "$@" --pgo-use "$name" loop.wasm -o used.viv
    works run --invoke collatz used.viv 27
    prints 111
    works inspect used.viv
    prints 'pgo use: true'
    # The code must differ, or nothing was used.
    objcopy -O binary -j .text plain.viv plain.text
    objcopy -O binary -j .text used.viv used.text
    ! cmp -s plain.text used.text || fail "$name: the profile changed nothing"
}

round by-clang --target "${VIV_TARGET:-gs}"
round by-clang-portable --target portable
if command -v gcc >/dev/null; then
    round by-gcc --target portable --cc gcc
    works compile --target portable --cc gcc --pgo-generate by-gcc \
        loop.wasm -o second.viv
    works run --invoke collatz second.viv 27
    fails_with 1 'profiles of two compiles' compile --target portable \
        --cc gcc --pgo-use by-gcc loop.wasm -o used.viv
fi

# A merged profile, and what is none.
llvm-profdata-19 merge -o it.profdata by-clang
works compile --target "${VIV_TARGET:-gs}" --pgo-use it.profdata \
    loop.wasm -o used.viv
fails_with 1 'nothing.profdata' compile --pgo-use nothing.profdata \
    loop.wasm -o none.viv
mkdir empty
fails_with 1 '--pgo-generate first' compile --pgo-use empty \
    loop.wasm -o none.viv
fails_with 2 'exclude each other' compile --pgo-use empty \
    --pgo-generate empty loop.wasm -o none.viv
[ ! -e none.viv ] || fail 'a compile that failed left an output'
