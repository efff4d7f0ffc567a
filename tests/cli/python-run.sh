#!/usr/bin/env bash
# python-run.sh - Python programs run as one expects of Python.
#
# Goal: files, code, modules and standard input; arguments, streams, exit codes
# and tracebacks as CPython has them; limits and mounts as for any guest.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
. "$VIV_ROOT/tests/cli/python.inc"

works run "$VIV_ROOT/examples/hello.py"
printed 'Hello from Python 3.13 in a glass case.
/tmp is there
/etc/passwd is not there'

# What is run, and what it sees of the command line.
echo 'import sys; print(sys.argv, __name__)' >args.py
cp args.py without-a-name
show="import sys; print(sys.argv, __name__)"
same args.py one 'two words' --three -- -c
same without-a-name -x
same -c "$show" -a --json -- b
works run - a b <args.py
printed "['-', 'a', 'b'] __main__"
same -m this
mkdir lib
echo "$show" >lib/shown.py
works run --mount /lib=lib --env PYTHONPATH=/lib -m shown -a
printed "['/lib/shown.py', '-a'] __main__"
ends_with 1 run -m no_such_module
says 'No module named no_such_module'
fails_with 2 'no name of a module' run -m 'os; print(1)'
fails_with 2 'which file' run
fails_with 2 'wants a value' run -c
printf '\xef\xbb\xbfprint("marked")' >marked.py
works run marked.py
printed marked

# Streams: as they are written, and up to their end.
works run -c 'import sys; print("out", end=""); print("err", file=sys.stderr)'
printed out
says err
same -c 'print("é ∑ 🐍", ascii("ü"))'
(echo joe && sleep 0.2 && echo late) |
    works run -c 'print(input(), input())'
printed 'joe late'
printf 'a\nb' | works run -c 'import sys; print(sys.stdin.read().split())'
printed "['a', 'b']"

# Exit codes.
same -c 'import sys; sys.exit(3)'
same -c 'import sys; sys.exit("words")'
says words
same -c 'import os; os._exit(7)'
same -c 'raise SystemExit'
same -c '1/0'
ends_with 1 run -c $'def f():\n    return 1/0\nf()'
says 'File "<string>", line 2, in f'
says '    return 1/0'
says 'ZeroDivisionError: division by zero'
ends_with 1 run -c 'x = (1,'
says "SyntaxError: '(' was never closed"
fails_with 125 'No such file' run missing.py
fails_with 125 nowhere run --python nowhere args.py

# Limits, each said in a sentence; the second flag is the first two.
fails_with 124 'limit of run-time' run --run-time 50ms -c 'while True: pass'
fails_with 124 'limit of wall-time' run --wall-time 50ms \
    -c 'import time; time.sleep(60)'
fails_with 124 '-time is spent' run --timeout=50ms -c 'while True: pass'
fails_with 124 'limit of output' run --output 1K -c 'while True: print("x")'
[ "$(wc -c <stdout)" = 1024 ] || fail 'not what it had written before'
ends_with 1 run --memory 40M -c 'x = "x" * 10**9'
says MemoryError

# Nothing is permitted but what is said, and scratch.
works run -c 'open("/tmp/x", "w").write("1"); print(open("/tmp/x").read())'
printed 1
ends_with 1 run -c 'open("/etc/passwd")'
says FileNotFoundError
mkdir data
echo given >data/file
works run --mount /data=data -c 'print(open("/data/file").read())'
prints given
ends_with 1 run --mount /data=data -c 'open("/data/new", "w")'
works run --mount /data=data:rw -c 'open("/data/new", "w").write("made")'
[ "$(cat data/new)" = made ] || fail 'the file is not there'
works run -c 'import os; print(dict(os.environ))'
printed '{}'
works run --env A=b -c 'import os; print(os.environ["A"])'
printed b
works run --seed 5 -c 'import random; print(random.random())'
cp stdout first
works run --seed 5 -c 'import random; print(random.random())'
cmp first stdout || fail 'the same seed gave another run'

# What is awaited, at the top.
works run -c 'import asyncio; print(await asyncio.sleep(0.01, "slept"))'
printed slept
