#!/usr/bin/env bash
# python-programs.sh - how fast Python is; see BENCHMARKS.md.
#
# Runs bench/python/programs/*.py in the guest and in its peers, in turns.
# VIV_BENCH_REPEATS says how often each (default 10), VIV_BENCH_PROGRAMS picks
# some by name, VIV_BENCH_PEERS some peers.
#
# SPDX-License-Identifier: Apache-2.0
if [ "$1" = --describe ]; then
    echo 'programs of Python: the guest, against python3, Pyodide, Monty, Node'
    exit 0
fi

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=${VIV_ROOT:-$(dirname "$here")}
# shellcheck source=tools/setup.sh
. "$root/tools/setup.sh"

products=${VIV_BUILD:-$root/build}
viv=${VIV:-$products/viv}
guest=${VIV_PYTHON:-$products/python}
repeats=${VIV_BENCH_REPEATS:-10}
programs=${VIV_BENCH_PROGRAMS:-$(cd "$here/python/programs" && echo *.py)}
peers=${VIV_BENCH_PEERS:-pyodide pyodide-0.29 wasi monty}
[ -z "$VIV_BENCH_SMOKE" ] || repeats=1 programs=queens peers=

# The machine's own, not one that somebody has put before it in PATH.
python3=/usr/bin/python3

# What it calls itself, such as `python3 3.11`.
python3_label() {
    "$python3" -c 'import sys; print("python3 %d.%d" % sys.version_info[:2])'
}

# Limits that nothing here comes near.
guest_command() {
    echo "'$viv' run --python '$guest' --timeout 86400s --memory 2G" \
        "--host-calls 1000000000 --mount '/bench=$here/python'" \
        "'$here/python/time_programs.py' - /bench/programs"
}

# LABEL=COMMAND of a peer, or nothing, and why.
peer() {
    local where scripts=$here/python/peers turns="turns '$here/python'"
    where=$("$scripts/find" "$1") || return
    case $1 in
    pyodide) echo "Pyodide=node '$scripts/pyodide.mjs' '$where' $turns" ;;
    pyodide-0.29)
        echo "Pyodide 0.29=node '$scripts/pyodide.mjs' '$where' $turns"
        ;;
    monty) echo "Monty=node '$scripts/monty.cjs' '$where' $turns" ;;
    wasi)
        # Node 20 aborts where its compiler has made a call of WASI quicker.
        echo "Node=node --no-warnings --no-turbo-fast-api-calls" \
            "--stack-size=4000 '$scripts/wasi.mjs' ${where% *}" \
            "'${where#* }' '$here/python'"
        ;;
    esac
}

[ -e "$guest/python.image" ] || {
    say "no Python guest in $guest: guests/python/build makes one"
    exit 77
}
pythons=(
    "viv=$(guest_command)"
    "$(python3_label)=$python3 '$here/python/time_programs.py' - \
'$here/python/programs'"
)
for name in $peers; do
    command=$(peer "$name") && pythons+=("$command")
done
"$here/python/compare_programs.py" "$repeats" "${programs//.py/}" \
    "${pythons[@]}"
