#!/usr/bin/env bash
# python-repl.sh - a session keeps its state, whatever is done in it.
#
# Goal: cells of one line and of many, values, tracebacks; what is stopped costs
# only its cell; a session that was saved goes on.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
. "$VIV_ROOT/tests/cli/python.inc"

# cells [OPTIONS...]: a session of what is on stdin.
cells() {
    run_viv repl "$@"
}

cells <<'END'
x = 20
x + 1
_ * 2
None
_
def f(n):
    return n // 0

for i in range(2):
    print(i)

"""a
b"""
f(3)
(1 +
 2)
END
[ "$code" = 0 ] || fail "the session ended with $code"
printed "21
42
42
0
1
'a\\nb'
3"
says 'File "<cell 9>", line 1, in <module>'
says '    f(3)'
says 'File "<cell 6>", line 2, in f'
says '    return n // 0'
! grep -q -e _vivarium -e _viv_cells stderr || fail 'our own frames show'

# What is awaited; futures of the language; its own input.
cells <<'END'
import asyncio
await asyncio.sleep(0.01, 'slept')
from __future__ import annotations
def g(a: nothing): pass

g.__annotations__['a']
name = input()
joe
name
END
printed "'slept'
'nothing'
'joe'"

# What is stopped.
cells --timeout 200ms <<'END'
x = [1]
x.append(2)
while True: x.append(3)

x
import os; os._exit(3)
x
def deep(n): return deep(n + 1)

1 +* 2
x
exit(5)
print('not reached')
END
[ "$code" = 5 ] || fail "exit code $code, not 5"
printed '[1, 2]
[1, 2]
[1, 2]'
says '<cell 3> was stopped: its limit of'
says 'the session is as it was before cell 3'
says 'the session is as it was before cell 5'
says 'SyntaxError'

# Words to the command.
cells <<'END'
y = 1
:save kept
y = 2
:load kept
y
:save
:nonsense
:reset
'y' in globals()
:meters
:history
:help
END
[ "$code" = 0 ] || fail "the session ended with $code"
prints False
prints run_ns
prints 'y = 2'
prints ':reset'
says ':nonsense'
[ "$(head -n 1 stdout)" = 1 ] || fail 'not the session that was saved'
works image inspect kept
prints 'difference from another'
cells <<<':load kept
y'
printed 1

# Ctrl-C: of what computes, and of what waits.
interrupt() {
    mkfifo keys
    env --default-signal=INT "$VIV" repl <keys >stdout 2>stderr &
    local pid=$! tries=0
    exec {keys}>keys
    printf '%s\n' 'x = 1' "$1" >&"$keys"
    # Wait until it is at it: it has said so.
    until grep -q busy stdout; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || fail 'it never began'
        sleep 0.1
    done
    kill -INT "$pid"
    printf '%s\n' 'x + 1' >&"$keys"
    exec {keys}>&-
    code=0
    wait "$pid" || code=$?
    rm keys
}
for what in 'while True: pass' 'import time; time.sleep(1000)' \
    'import asyncio; await asyncio.sleep(1000)'; do
    interrupt "print('busy')
$what
"
    [ "$code" = 0 ] || fail "$what: the session ended with $code"
    says 'was interrupted'
    prints 2
done

# Ctrl-C of a program that is no session ends it.
env --default-signal=INT "$VIV" run -c 'print("busy", flush=True)
while True: pass' >stdout 2>stderr &
pid=$!
until grep -q busy stdout; do sleep 0.1; done
kill -INT "$pid"
code=0
wait "$pid" || code=$?
[ "$code" = 130 ] || fail "exit code $code, not 130"
says 'was interrupted'
