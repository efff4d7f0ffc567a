#!/usr/bin/env python3
"""public.py - the prebuilt programs of the public WASI test suite.

    tests/wasi/public.py VIV DIR TMPDIR

Runs every preview 1 program below DIR as the .json beside it says - arguments,
environment, a directory for its root, what it prints, its exit code - and
prints a line for each.  One that has a directory runs twice: with a fresh copy
of it as a directory of the host, and with an overlay over a pack of it.  What
exceptions.txt lists is expected to fail, and fails if it does not.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

SECONDS_MAX = 60
HERE = Path(__file__).resolve().parent


def exceptions():
    """{name: reason}, from lines `NAME  REASON`."""
    found = {}
    for line in (HERE / "exceptions.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, reason = line.split(None, 1)
            found[name] = reason
    return found


def first_operation(spec, kind):
    """What an operation of that type says, in the newer form of a spec."""
    for operation in spec.get("operations", []):
        if operation["type"] == kind:
            return operation
    return {}


class Wanted:
    """What a program is to be given and to do."""

    def __init__(self, wasm):
        path = wasm.with_suffix(".json")
        spec = json.loads(path.read_text()) if path.exists() else {}
        run = first_operation(spec, "run") or spec
        self.args = run.get("args", [])
        self.env = run.get("env", {})
        self.root = run.get("root") or (run.get("dirs") or [None])[0]
        self.code = first_operation(spec, "wait").get(
            "exit_code", spec.get("exit_code", 0)
        )
        self.out = {
            stream: first_operation(spec, "read").get("payload")
            if first_operation(spec, "read").get("id") == stream
            else spec.get(stream)
            for stream in ("stdout", "stderr")
        }


    def kinds(self):
        return ["host", "overlay"] if self.root else ["nothing"]


def mount(viv, folder, kind, tmp):
    """The flags that make it the root."""
    if kind == "overlay":
        pack = tmp / "root.pack"
        subprocess.run([viv, "pack", folder, "-o", pack], check=True)
        return ["--mount", f"/={pack}:overlay"]
    root = tmp / "root"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(folder, root, symlinks=True)
    return ["--mount", f"/={root}:rw"]


def command(viv, wasm, wanted, kind, tmp):
    words = [viv, "run", "--target", os.environ.get("VIV_TARGET", "gs")]
    if wanted.root:
        words += mount(viv, wasm.parent / wanted.root, kind, tmp)
    for name, value in wanted.env.items():
        words += ["--env", f"{name}={value}"]
    return words + [wasm] + wanted.args


def why_wrong(viv, wasm, wanted, kind, tmp):
    """What is wrong with one program; an empty text if nothing is."""
    try:
        done = subprocess.run(
            command(viv, wasm, wanted, kind, tmp),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS_MAX,
        )
    except subprocess.TimeoutExpired:
        return f"took more than {SECONDS_MAX} s"
    if done.returncode != wanted.code:
        said = done.stderr.decode(errors="replace")
        return f"exit code {done.returncode}, not {wanted.code}\n{said}"
    for stream, text in wanted.out.items():
        if text is not None and getattr(done, stream) != text.encode():
            return f"{stream} is not {text!r}"
    return ""


def verdict_of(name, why, excused):
    """What is said of one program: a word and a text behind it."""
    if name in excused:
        if why:
            return "skip", f" - {excused[name]}"
        return "not ok", " - excused, but works"
    if why:
        return "not ok", " - " + why.replace("\n", "\n    ")
    return "ok", ""


def main(viv, folder, tmp):
    excused = exceptions()
    counts = {"ok": 0, "not ok": 0, "skip": 0}
    programs = sorted(Path(folder).glob("**/wasm32-wasip1/*.wasm"))
    for wasm in programs:
        wanted = Wanted(wasm)
        language = wasm.relative_to(folder).parts[-4]
        for kind in wanted.kinds():
            name = f"{language}.{wasm.stem}.{kind}"
            why = why_wrong(viv, wasm, wanted, kind, Path(tmp))
            verdict, text = verdict_of(name, why, excused)
            counts[verdict] += 1
            print(f"{verdict} wasi.public.{name}{text}")
    if not programs:
        counts["not ok"] += 1
        print(f"not ok wasi.public - no preview 1 programs below {folder}")
    print(
        "{ok} passed, {not ok} failed, {skip} skipped".format(**counts)
    )
    return counts["not ok"] > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
