#!/usr/bin/env bash
# killed.sh - a compile that is killed leaves no output and stops no other.
#
# SPDX-License-Identifier: Apache-2.0
echo '(module (func (export "f") (result i32) i32.const 5))' >it.wat
wasm it.wat it.wasm
cat >slow.sh <<'END'
#!/bin/sh
touch started
exec sleep 100
END
chmod +x slow.sh
mkdir tmp
TMPDIR=$PWD/tmp "$VIV" compile --cc ./slow.sh it.wasm -o it.viv &
pid=$!
while [ "$(ls tmp/*/* 2>/dev/null | wc -l)" = 0 ]; do sleep 0.05; done
kill -9 "$pid"
wait "$pid" 2>/dev/null || true
[ ! -e it.viv ] || fail 'half a compile left an output'
[ -n "$(ls tmp)" ] || fail 'there is nothing to sweep'

# The next one sweeps, and two at once are fine.
export TMPDIR=$PWD/tmp
target=${VIV_TARGET:-gs}
"$VIV" compile --target "$target" it.wasm -o it.viv &
first=$!
works compile --target "$target" it.wasm -o it.viv
wait "$first" || fail 'the other compile failed'
works run --invoke f it.viv
prints 5
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -n "$(ls tmp)" ] || exit 0
    works compile --target "$target" it.wasm -o it.viv
done
fail "scratch folders stay: $(ls tmp)"
