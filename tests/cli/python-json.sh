#!/usr/bin/env bash
# python-json.sh - viv eval, and all that can be known of a run as one object.
#
# Goal: the object is JSON whatever the guest does, and says the same as the
# exit code.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
. "$VIV_ROOT/tests/cli/python.inc"

# field EXPRESSION WANTED: of the object `o` on the last command's stdout.
field() {
    local got
    got=$(/usr/bin/python3 -c "import json, sys
o = json.load(open('stdout', encoding='utf-8'))
print(($1))") || fail 'stdout is not one object of JSON'
    [ "$got" = "$2" ] || fail "$1 is $got, not $2"
}

works eval '6 * 7'
printed 42
works eval 'x = [1]; x * 2'
printed '[1, 1]'
works eval 'None'
printed ''
works eval 'import sys; sys.argv' a -b
printed "['-c', 'a', '-b']"
ends_with 1 eval '1/0'
says ZeroDivisionError
fails_with 2 'which expression' eval
fails_with 124 run-time eval --run-time 50ms '[0 for _ in iter(int, 1)]'

works eval --json '{"a": "\xe9"}'
field 'o["outcome"], o["exit_code"]' "('returned', 0)"
field 'o["value"]' "{'a': 'é'}"
field 'o["exception"], o["limit"], o["trap"]' '(None, None, None)'
field 'o["meters"]["calls"], o["meters"]["run_ns"] > 0' '(1, True)'
works run --json -c 'import sys; print("out\t\"\\")
print("e", file=sys.stderr)'
field 'o["stdout"], o["stderr"]' "('out\\t\"\\\\\\n', 'e\\n')"
[ ! -s stderr ] || fail 'stderr was not kept'
works run --json -c 'import os; os.write(1, bytes(range(256))); None'
field 'len(o["stdout"]), o["stdout"].count("\ufffd")' '(256, 128)'
works run --json -c 'object()'
field 'o["value"].startswith("<object")' True
ends_with 5 run --json -c 'raise SystemExit(5)'
field 'o["outcome"], o["exit_code"], o["value"]' "('exited', 5, None)"
ends_with 124 run --json --run-time 50ms -c 'while True: pass'
field 'o["outcome"], o["exit_code"], o["limit"]' "('spent', 124, 'run-time')"
printf 'def f():\n    raise KeyError("k")\nf()\n' >fails.py
ends_with 1 run --json fails.py
field 'o["outcome"], o["exit_code"]' "('raised', 1)"
field 'o["exception"]["type"]' KeyError
field 'o["exception"]["message"]' "'k'"
field '[(f["line"], f["function"]) for f in o["exception"]["frames"]]' \
    "[(3, '<module>'), (2, 'f')]"
field 'o["exception"]["traceback"].splitlines()[-1]' "KeyError: 'k'"
[ ! -s stderr ] || fail 'the traceback is on stderr, too'

# Other guests, too.
cat >add.wat <<'WAT'
(module
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "run") unreachable))
WAT
wasm add.wat add.wasm
works run --json --invoke add add.wasm 2 3
field 'o["outcome"], o["results"]' "('returned', ['5'])"
ends_with 126 run --json add.wasm
field 'o["outcome"], o["trap"], o["results"]' "('trapped', 'unreachable', [])"
