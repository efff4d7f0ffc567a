#!/usr/bin/env bash
# bench-module.sh - viv bench of a function of a module.
#
# Goal: every number is there and makes sense; what does not return is said, and
# is not measured; without Python a sentence says what is missing.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

cat >work.wat <<'WAT'
(module
  (memory 1)
  (func (export "work") (param i32) (result i32)
    (i32.store (i32.const 0) (local.get 0))
    (i32.load (i32.const 0)))
  (func (export "trap") unreachable)
  (func (export "loop") (loop $l (br $l))))
WAT
wasm work.wat work.wasm
compile work.wasm work.viv

works bench --seconds 1 --threads 2 --call work work.viv 5
for line in 'what runs' on 'fresh, 1 thread' 'fresh, 2 threads' \
    'a fresh run' memory; do
    grep -q "^$line  " stdout || fail "there is no line of $line"
done
[ "$(wc -l <stdout)" = 6 ] || fail 'there are other lines'
[ ! -s stderr ] || fail 'something is drawn without a terminal'

works bench --seconds 1 --threads 3 --json --call work work.viv 5
/usr/bin/python3 - <<'PY' || fail 'the object is not as it should be'
import json
o = json.load(open("stdout"))
assert (o["guest"], o["seconds"], o["interrupted"]) == ("work", 1, False)
assert [r["threads"] for r in o["rates"]] == [1, 2, 3]
assert all(r["per_second"] > 0 for r in o["rates"])
run = o["run"]
assert 0 < run["p50_ns"] <= run["p90_ns"] <= run["p99_ns"] <= run["worst_ns"]
memory = o["memory"]
each, count = memory["each_bytes"], memory["per_gigabyte"]
assert 4096 <= each and abs(each * count - 10**9) <= each + count, memory
pool = o["meters"]["runs"]
done = sum(r["count"] for r in o["rates"]) + run["count"]
assert pool["acquired"] == pool["released"] == pool["returned"] == done
assert pool["resets"] == pool["reset"]["count"] == done
assert sum(pool["reset"]["buckets"]) == done
assert 0 < pool["live"] == pool["idle"] <= 6 and pool["held"] == 0
jobs = o["meters"]["executors"]["fresh, 1 thread"]
assert jobs["finished"] == o["rates"][0]["count"], jobs
assert jobs["queue"]["count"] == jobs["run"]["count"] == jobs["finished"]
assert 0 < jobs["run"]["sum_ns"] and jobs["running"] == jobs["queued"] == 0
assert not {"call", "load_ns", "host_call_ns", "stop_late"} & set(o)
PY

works bench --seconds 1 --meters --call work work.viv 5
prints '# TYPE viv_pool_acquired_total counter'
prints 'viv_pool_live{pool="runs"}'
prints 'viv_executor_run_seconds_count{executor="fresh, 1 thread"}'

# Ctrl-C ends what would not end for long.
env --default-signal=INT "$VIV" bench --call loop work.viv >stdout 2>stderr &
pid=$!
sleep 1
interrupted_at_once "$pid"

# What cannot be measured.
fails_with 125 'trapped: unreachable' bench --seconds 1 --call trap work.viv
fails_with 125 'work takes 1 arguments, not 0' bench --call work work.viv
fails_with 125 'is not an i32' bench --call work work.viv one
run_viv bench --call nothing work.viv
[ "$code" = 125 ] || fail "a function that is not there ended with $code"
grep -q '^  work$' stderr || fail 'it does not say which functions there are'
fails_with 125 'missing.viv' bench --call work missing.viv
fails_with 125 nowhere bench --python nowhere
holds work.wat work.wasm work.viv
