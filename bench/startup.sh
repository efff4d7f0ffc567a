#!/usr/bin/env bash
# startup.sh - what a process costs that runs one program of Python; see
# BENCHMARKS.md.
#
# SPDX-License-Identifier: Apache-2.0
if [ "$1" = --describe ]; then
    echo 'a process that runs examples/hello.py: viv, against python3'
    exit 0
fi

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=${VIV_ROOT:-$(dirname "$here")}
products=${VIV_BUILD:-$root/build}
export VIV_PYTHON=${VIV_PYTHON:-$products/python}
rounds=100
[ -z "$VIV_BENCH_SMOKE" ] || rounds=3

[ -e "$VIV_PYTHON/python.image" ] || {
    echo "no Python guest in $VIV_PYTHON: guests/python/build makes one" >&2
    exit 77
}
exec /usr/bin/python3 - "$rounds" "$root/examples/hello.py" \
    "${VIV:-$products/viv}" <<'END'
import subprocess
import sys
import time

rounds, hello, viv = int(sys.argv[1]), sys.argv[2], sys.argv[3]
python3 = "/usr/bin/python3"
kinds = {
    "viv": [viv, "run", hello],
    "python3": [python3, hello],
    "python3 -I -S": [python3, "-I", "-S", hello],
}


def once(words):
    start = time.perf_counter()
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - start) * 1e3


for words in kinds.values():
    once(words)
times = {kind: [] for kind in kinds}
for _ in range(rounds):
    for kind, words in kinds.items():
        times[kind].append(once(words))
for name, pick in (("least", 0), ("p50", rounds // 2)):
    ours = sorted(times["viv"])[pick]
    for kind in kinds:
        if kind != "viv":
            peer = sorted(times[kind])[pick]
            print(f"hello.py, {name}\t{ours:.2f}\tms\t{kind}\t{peer:.2f}")
END
