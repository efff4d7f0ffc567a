# suite.sh - what the bash suites (tests/*/run) share.
#
# Sourced by a suite that ./test started: in the top folder, with VIV, VIV_ROOT,
# VIV_BUILD, VIV_CACHE, VIV_JOBS, VIV_MODE and a TMPDIR of its own.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

[ -n "${VIV_ROOT-}" ] || {
    echo "run me through ./test $(basename "$(dirname "$0")")" >&2
    exit 2
}

# ok NAME [WORDS]; skip NAME REASON; not_ok NAME WHY, and stdin, indented.
ok() {
    echo "ok $*"
}

skip() {
    echo "skip $1 - $2"
}

not_ok() {
    echo "not ok $1 - $2"
    [ -t 0 ] || sed 's/^/    /'
}

# Suites print their results as they come; what in_parallel ran is counted
# from this file.
results=$TMPDIR/results
: >"$results"

# record COMMAND...: run it, count what it prints, and pass that on; a line of
# totals of its own would be taken for ours.
record() {
    "$@" | sed -E '/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/d' |
        tee -a "$results"
}

# totals: end the suite with the sum of all that was recorded.
totals() {
    awk '/^ok /{p++} /^not ok /{f++} /^skip /{s++}
        END {
            printf "%d passed, %d failed, %d skipped\n", p, f, s
            exit f > 0
        }' "$results"
    exit
}

# in_parallel FUNCTION: for every line of stdin call FUNCTION LINE, VIV_JOBS at
# a time, and record what each prints, whole and in the order of the lines.
in_parallel() {
    local item started=0 recorded=0 running=0
    while IFS= read -r item; do
        if [ "$running" -ge "$VIV_JOBS" ]; then
            wait -n
            running=$((running - 1))
            record_finished
        fi
        started=$((started + 1))
        {
            "$1" "$item" >"$TMPDIR/out.$started" 2>&1
            mv "$TMPDIR/out.$started" "$TMPDIR/done.$started"
        } </dev/null &
        running=$((running + 1))
    done
    wait
    record_finished
}

record_finished() {
    while [ -e "$TMPDIR/done.$((recorded + 1))" ]; do
        recorded=$((recorded + 1))
        record cat "$TMPDIR/done.$recorded"
        rm "$TMPDIR/done.$recorded"
    done
}
