#!/usr/bin/env bash
# files.sh - what files cost a guest; see BENCHMARKS.md.
#
# Builds bench/files/files.c natively and for WASI, runs it in each place in
# turns, prints the rows.  VIV_BENCH_REPEATS says how often (default 10).
#
# SPDX-License-Identifier: Apache-2.0
if [ "$1" = --describe ]; then
    echo 'small operations on files: a guest, against native and node:wasi'
    exit 0
fi

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=${VIV_ROOT:-$(dirname "$here")}
# shellcheck source=tools/setup.sh
. "$root/tools/setup.sh"

products=${VIV_BUILD:-$root/build}
viv=${VIV:-$products/viv}
out=$products/bench/files
repeats=${VIV_BENCH_REPEATS:-10}
ms=100
[ -z "$VIV_BENCH_SMOKE" ] || repeats=1 ms=2

# Files in memory all: a disk is not what is measured.
memory=/dev/shm
[ -w "$memory" ] || memory=${TMPDIR:-/tmp}

build_all() (
    set -e
    mkdir -p "$out"
    cd "$out"
    clang-19 -O2 -o files "$here/files/files.c"
    clang-19 --target=wasm32-wasi -O2 -o files.wasm "$here/files/files.c"
    "$viv" compile files.wasm -o files.viv --quiet -O2
)

# One turn of one place: `place<TAB>operation<TAB>ns`.
turn() {
    local place=$1 folder
    folder=$(mktemp -d "$memory/viv-bench-XXXXXX") || return
    case $place in
    native) "$out/files" "$folder" "$ms" ;;
    memory) "$viv" run --mount /m=:memory "$out/files.viv" /m "$ms" ;;
    host) "$viv" run --mount "/m=$folder:rw" "$out/files.viv" /m "$ms" ;;
    node)
        node --no-warnings "$here/files/node.js" "$out/files.wasm" \
            "$folder" /m "$ms"
        ;;
    esac | sed "s/^/$place\t/"
    rm -rf "$folder"
}

places() {
    echo native memory host
    ! command -v node >/dev/null || echo node
}

# The least of all turns; each place of ours beside each peer.
rows() {
    awk -F '\t' -v OFS='\t' '
    !(($1, $2) in time) || $3 < time[$1, $2] { time[$1, $2] = $3 }
    !seen[$2]++ { names[++count] = $2 }
    $1 == "node" { has_node = 1 }
    function row(place, peer, name) {
        print place ": " name, time[place, name], "ns", peer, time[peer, name]
    }
    END {
        for (i = 1; i <= count; i++) {
            row("memory", "native", names[i])
            row("host", "native", names[i])
            if (has_node) {
                row("memory", "node", names[i])
                row("host", "node", names[i])
            }
        }
    }'
}

build_all || die 'the program cannot be built'
for ((i = 0; i < repeats; i++)); do
    for place in $(places); do
        turn "$place" || exit
    done
done | rows
