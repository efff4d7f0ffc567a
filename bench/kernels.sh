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

# Where in a line of the cache a loop begins can decide about a quarter of its
# time, and is chance.  So every build is made in layouts, each with its code
# moved on by so many bytes; the value is the mean over them.
layouts='0 16 32 48'
[ -z "$VIV_BENCH_SMOKE" ] || repeats=1 layouts=0

# What every build gets: the same optimisation, the same CPU in mind, and square
# roots that need not set errno, as those of WebAssembly do not.
cpu=
if [ "$(uname -m)" = x86_64 ]; then
    cpu=x86-64-v2
fi
flags="-O2 ${cpu:+-march=$cpu -mtune=icelake-server} -fPIC"
flags="$flags -fvisibility=hidden -fno-math-errno -ffp-contract=off"

# --- building ---------------------------------------------------------------

has() {
    command -v "$1" >/dev/null
}

# The files that the products are made from and the compilers that make them.
digest() {
    { echo "$layouts"
        cat "${BASH_SOURCE[0]}" "$source"/*.[ch] "$source"/host/*.c "$viv" \
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

# layout16.h moves the code of what includes it; clang-layout16 and
# gcc-layout16 are compilers whose code is moved.
write_layouts() {
    local layout compiler
    for layout in $layouts; do
        printf '__asm__(".text\\n.skip %d, 0xcc");\n' "$layout" \
            >"layout$layout.h"
        for compiler in "$clang" gcc; do
            cat >"${compiler%%-*}-layout$layout" <<END
#!/bin/sh
exec $compiler -include "$PWD/layout$layout.h" "\$@"
END
            chmod +x "${compiler%%-*}-layout$layout"
        done
    done
}

# build_native LAYOUT
build_native() {
    local x
    # shellcheck disable=SC2086
    for x in $all; do
        "./clang-layout$1" $flags -fvisibility=default -c -o "$x.o" \
            "$source/$x.c"
    done
    "$clang" -shared -o "native.$1.so" ./*.o -lm
    rm ./*.o
}

# build_wasm2c LAYOUT: in its best configuration: guard pages and no checks, no
# counted stack.  Its signal handler is left out, since the code is the same
# without.  Strictness as ours, except -fno-builtin: it would turn the copies
# by which wasm2c reinterprets floats into calls.
build_wasm2c() {
    local runtime=/usr/share/wabt/wasm2c x list=
    for x in $all; do
        list="$list X($x)"
    done
    # shellcheck disable=SC2086
    "./clang-layout$1" $flags -fwrapv -fno-strict-aliasing -w -I. \
        -I"$runtime" -DWASM_RT_MEMCHECK_SIGNAL_HANDLER=1 \
        -DWASM_RT_SKIP_SIGNAL_RECOVERY=1 -DWASM_RT_USE_STACK_DEPTH_COUNT=0 \
        "-DLIST=$list" -shared -o "wasm2c.$1.so" wasm2c.c \
        "$runtime/wasm-rt-impl.c" "$source/host/peer_wasm2c.c" -lm
}

# compile LABEL LAYOUT COMPILER OPTIONS...
compile() {
    "$viv" compile kernels.wasm -o "$1.$2.viv" --cc "$PWD/$3-layout$2" \
        ${cpu:+--cpu "$cpu"} --quiet "${@:4}"
}

# build_viv LAYOUT
build_viv() {
    [ -z "$cpu" ] || {
        compile gs "$1" clang --target gs
        compile fuel "$1" clang --target gs --fuel
    }
    compile portable "$1" clang --target portable
    ! has gcc || compile portable-gcc "$1" gcc --target portable
}

build_host() {
    cc -std=gnu11 -O2 -I"$root/include" -o kernels_time \
        "$source/host/kernels_time.c" "$products/libvivarium.a" \
        -ldl -lm -pthread
}

build_all() (
    set -e
    cd "$out"
    rm -rf -- *
    build_wasm
    build_host
    wasm2c kernels.wasm -n kernels -o wasm2c.c
    write_layouts
    for layout in $layouts; do
        build_native "$layout"
        build_wasm2c "$layout"
        build_viv "$layout"
    done
    digest >stamp
)

# --- measuring --------------------------------------------------------------

# LABEL=KIND:FILE for what there is, layouts of one label in a row.  The first
# one is the subject; its pace decides how many rounds all run at a time.
columns() {
    local file label
    for label in gs fuel portable portable-gcc native wasm2c; do
        for file in "$out/$label".*.viv; do
            [ ! -e "$file" ] || echo "$label=viv:$file"
        done
        for file in "$out/$label".*.so; do
            [ ! -e "$file" ] || echo "$label=so:$file"
        done
    done
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
