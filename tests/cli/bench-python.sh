#!/usr/bin/env bash
# bench-python.sh - viv bench of Python.
#
# Goal: every part is there; Ctrl-C ends it with what it has; on a terminal
# lines move.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
. "$VIV_ROOT/tests/cli/python.inc"

works bench --seconds 2
for line in 'load the image' 'fresh, 1 thread' 'a fresh run' 'a fresh call' \
    'a host call' 'a stop is late by' memory; do
    grep -q "^$line  " stdout || fail "there is no line of $line"
done
[ ! -s stderr ] || fail 'something is drawn without a terminal'

works bench --seconds 2 --threads 1 --json
/usr/bin/python3 - <<'PY' || fail 'the object is not as it should be'
import json
o = json.load(open("stdout"))
assert (o["guest"], o["interrupted"]) == ("x = 1 + 1", False)
assert [r["threads"] for r in o["rates"]] == [1]
assert 1000 < o["call"]["p50_ns"] < o["run"]["p50_ns"] < 10**9
assert 10 < o["host_call_ns"] < 10**6 and o["load_ns"] > 10**4
assert 1 < o["memory"]["per_gigabyte"] < 10**5
runs, stops = o["meters"]["runs"], o["meters"]["stops"]
assert runs["spent"] == stops["returned"] == 0
loops = o["meters"]["executors"]["endless loops"]
assert loops["finished"] == loops["run"]["count"] == stops["spent"]
assert stops["spent"] == stops["recycled_bad"] == o["stop_late"]["count"] > 0
PY

# Ctrl-C, while it runs on threads of its own: after the image, which gets 3 s.
env --default-signal=INT "$VIV" bench --seconds 60 --json >stdout 2>stderr &
pid=$!
sleep 4.5
interrupted_at_once "$pid"
/usr/bin/python3 - <<'PY' || fail 'what it had is not there'
import json
o = json.load(open("stdout"))
assert o["interrupted"] and len(o["rates"]) == 1 and "run" not in o, o
assert o["meters"]["runs"]["held"] == 0
PY

# On a terminal: the line of a part is drawn more than once, and then for good.
/usr/bin/python3 - "$VIV" >drawn <<'PY' || fail 'it does not run on a terminal'
import pty, sys
sys.exit(pty.spawn([sys.argv[1], "bench", "--seconds", "2"]))
PY
[ "$(grep -a -o 'fresh, 1 thread *[0-9,]* per second \.\.\.' drawn |
    wc -l)" -ge 2 ] || fail 'the line does not move'
grep -a -q 'fresh, 1 thread *[0-9,]* per second.$' drawn ||
    fail 'the line does not stay'
