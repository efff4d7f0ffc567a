#!/usr/bin/env bash
# kernels.sh - speed of the produced code; see BENCHMARKS.md.
#
# Builds the kernels in every way, runs them in turns, prints the rows.
# VIV_BENCH_REPEATS says how often each is run (default 60).
#
# SPDX-License-Identifier: Apache-2.0
if [ "$1" = --describe ]; then
    echo 'compute kernels: our code against native C, wasm2c and V8'
    exit 0
fi

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=${VIV_ROOT:-$(dirname "$here")}
# shellcheck source=tools/setup.sh
. "$root/tools/setup.sh"

products=${VIV_BUILD:-$root/build}
viv=${VIV:-$products/viv}
out=$products/bench/kernels
source=$here/kernels
clang='clang-19'
all='sort hash matrix lz interp search'
all="$all json sha256 mandelbrot nbody trees shapes"
repeats=${VIV_BENCH_REPEATS:-60}
[ -z "$VIV_BENCH_SMOKE" ] || repeats=1

# What every build gets: the same optimisation, the same CPU, and square roots
# that need not set errno, as those of WebAssembly do not.
cpu=
if [ "$(uname -m)" = x86_64 ]; then
    cpu=x86-64-v2
fi
flags="-O2 ${cpu:+-march=$cpu} -fPIC -fvisibility=hidden -fno-math-errno"
flags="$flags -ffp-contract=off"

# --- building ---------------------------------------------------------------

has() {
    command -v "$1" >/dev/null
}

# The files that the products are made from and the compilers that make them.
digest() {
    { cat "${BASH_SOURCE[0]}" "$source"/*.[ch] "$source"/host/*.c "$viv" \
        "$products/libvivarium.a"; "$clang" --version; gcc --version
    } 2>/dev/null | sha256sum
}

# Linked without -O, with which clang would run wasm-opt over the product where
# that is installed: what is measured should not depend on it.
build_wasm() {
    local x
    for x in $all; do
        "$clang" --target=wasm32 -O2 -ffreestanding -ffp-contract=off -c \
            -o "$x.wasm.o" "$source/$x.c"
    done
    "$clang" --target=wasm32 -nostdlib -Wl,--no-entry -o kernels.wasm ./*.wasm.o
    rm ./*.wasm.o
}

build_native() {
    local x
    # shellcheck disable=SC2086
    for x in $all; do
        "$clang" $flags -fvisibility=default -c -o "$x.o" "$source/$x.c"
    done
    "$clang" -shared -o native.so ./*.o -lm
}

# In its best configuration: guard pages and no checks, no counted stack.  Its
# signal handler is left out, since the code is the same without.  Strictness
# as ours, except -fno-builtin: it would turn the copies by which wasm2c
# reinterprets floats into calls.
build_wasm2c() {
    local runtime=/usr/share/wabt/wasm2c x list=
    for x in $all; do
        list="$list X($x)"
    done
    wasm2c kernels.wasm -n kernels -o wasm2c.c
    # shellcheck disable=SC2086
    "$clang" $flags -fwrapv -fno-strict-aliasing -w -I. -I"$runtime" \
        -DWASM_RT_MEMCHECK_SIGNAL_HANDLER=1 -DWASM_RT_SKIP_SIGNAL_RECOVERY=1 \
        -DWASM_RT_USE_STACK_DEPTH_COUNT=0 "-DLIST=$list" -shared \
        -o wasm2c.so wasm2c.c "$runtime/wasm-rt-impl.c" \
        "$source/host/peer_wasm2c.c" -lm
}

build_viv() {
    local set_cpu=${cpu:+--cpu $cpu}
    # shellcheck disable=SC2086
    {
        [ -z "$cpu" ] || {
            "$viv" compile kernels.wasm -o gs.viv --target gs $set_cpu --quiet
            "$viv" compile kernels.wasm -o fuel.viv --target gs $set_cpu \
                --fuel --quiet
        }
        "$viv" compile kernels.wasm -o portable.viv --target portable \
            $set_cpu --cc "$clang" --quiet
        ! has gcc || "$viv" compile kernels.wasm -o portable-gcc.viv \
            --target portable $set_cpu --cc gcc --quiet
    }
}

build_host() {
    cc -std=gnu11 -O2 -I"$root/include" -o kernels_time \
        "$source/host/kernels_time.c" "$products/libvivarium.a" -ldl -pthread
}

build_all() (
    set -e
    cd "$out"
    rm -rf -- *
    build_wasm
    build_native
    build_wasm2c
    build_host
    build_viv
    digest >stamp
)

# --- measuring --------------------------------------------------------------

# LABEL=KIND:FILE for what there is.  The first one is the subject; its pace
# decides how many rounds all of them run at a time.
columns() {
    local name
    for name in gs fuel portable portable-gcc; do
        [ ! -e "$out/$name.viv" ] || echo "$name=viv:$out/$name.viv"
    done
    echo "native=so:$out/native.so"
    echo "wasm2c=so:$out/wasm2c.so"
    ! has node ||
        echo "V8=pipe:exec node --no-liftoff '$source/host/peer_v8.js'" \
            kernels.wasm
}

# From `kernel label minimum median` to the rows of a measurement.
rows() {
    awk -F '\t' -v OFS='\t' '
    function row(name, value, peer, peer_value) {
        print name, value / 1000, "us", peer, peer_value / 1000
        fflush()
    }
    # The geometric mean of a column, over all kernels or those of the six.
    function mean(label, of, kernel, sum, n) {
        for (kernel in of)
            if ((kernel, label) in time) {
                sum += log(time[kernel, label])
                n++
            }
        return exp(sum / n)
    }
    function compare(subject, peer, of, name) {
        if (subject in labels && peer in labels)
            row(name, mean(subject, of), peer, mean(peer, of))
    }
    function worst(subject, peer, kernel, ratio, most, which) {
        if (!(subject in labels) || !(peer in labels))
            return
        for (kernel in seen) {
            ratio = time[kernel, subject] / time[kernel, peer]
            if (ratio > most) {
                most = ratio
                which = kernel
            }
        }
        row(subject ": worst, " which, time[which, subject], peer,
            time[which, peer])
    }
    BEGIN {
        n = split("sort hash matrix lz interp search", words, " ")
        for (i = 1; i <= n; i++)
            six[words[i]]
    }
    {
        seen[$1]
        labels[$2]
        time[$1, $2] = $3
        noise += log($4 / $3)
        if (subject == "")
            subject = $2
        if ($2 == "native" || $2 == "wasm2c" || $2 == "V8")
            row($1, time[$1, subject], $2, $3)
    }
    END {
        for (i = split("native wasm2c V8", peers, " "); i > 0; i--)
            order[4 - i] = peers[4 - i]
        for (i = 1; i <= 3; i++) {
            compare(subject, order[i], six, "geomean of six")
            compare(subject, order[i], seen, "geomean of all")
        }
        for (i = 1; i <= 2; i++) {
            compare("portable", order[i], six, "portable: geomean of six")
            compare("portable", order[i], seen, "portable: geomean of all")
        }
        compare("portable", "gs", seen, "portable: geomean of all")
        compare("portable-gcc", "portable", seen, "by gcc: geomean of all")
        compare("fuel", "gs", seen, "fuel: geomean of all")
        worst(subject, "native")
        worst(subject, "wasm2c")
        worst("fuel", "gs")
        print "noise: median / minimum", exp(noise / NR), "x"
    }'
}

for need in "$clang" wasm2c "$viv"; do
    has "$need" || die "$need is not here"
done
mkdir -p "$out"
if [ "$(cat "$out/stamp" 2>/dev/null)" != "$(digest)" ]; then
    with_progress 'building the kernels' "$out.log" build_all || {
        tail -n 5 "$out.log" >&2
        die 'the kernels could not be built'
    }
fi
mapfile -t column < <(columns)
cd "$out"
set -o pipefail
./kernels_time "$all" "$repeats" "${column[@]}" | rows
