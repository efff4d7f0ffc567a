# folder_tree - a tree of files walked, matched, copied, moved and removed.
#
# SPDX-License-Identifier: Apache-2.0
import fnmatch
import glob
import os
import shutil
import tempfile
from pathlib import Path, PurePosixPath, PureWindowsPath


def show(top):
    for folder, folders, files in os.walk(top):
        folders.sort()
        depth = len(Path(folder).relative_to(top).parts)
        print(
            "  " * depth + Path(folder).name + "/" if depth else "/",
            *sorted(files),
        )


with tempfile.TemporaryDirectory() as scratch:
    top = Path(scratch, "top")
    for name, size in {
        "a.txt": 3,
        "b.py": 5,
        "sub/c.txt": 7,
        "sub/x/d.py": 11,
        "sub/x/e.dat": 13,
        ".hidden/f.txt": 2,
    }.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * size)
    show(top)

    def names(paths):
        return sorted(Path(p).relative_to(top).as_posix() for p in paths)

    print(names(top.rglob("*.txt")), names(top.glob("*/*")))
    print(
        names(glob.glob(f"{top}/**/*.py", recursive=True)),
        names(glob.glob(f"{top}/sub/x/[!d]*")),
    )
    print(sum(p.stat().st_size for p in top.rglob("*") if p.is_file()))

    copied = shutil.copytree(
        top,
        Path(scratch, "copy"),
        ignore=shutil.ignore_patterns("*.dat", ".*"),
    )
    show(copied)
    shutil.move(top / "sub" / "x", top / "moved")
    os.replace(top / "b.py", top / "a.txt")
    (top / "moved" / "d.py").rename(top / "moved" / "g.py")
    (top / "moved" / "e.dat").unlink()
    show(top)
    print(
        (top / "a.txt").read_text(),
        (top / "b.py").exists(),
        shutil.copyfile(top / "a.txt", top / "h.txt").name,
    )

    entries = {e.name: e.is_dir() for e in os.scandir(top)}
    print(sorted(entries.items()))
    with open(top / "h.txt", "r+") as file:
        file.seek(2)
        file.write("YZ")
        file.truncate()
    print((top / "h.txt").read_bytes(), os.path.getsize(top / "h.txt"))
    for attempt in (
        lambda: (top / "none").read_text(),
        lambda: top.rmdir(),
        lambda: top.mkdir(),
        lambda: (top / "h.txt").mkdir(),
        lambda: os.listdir(top / "h.txt"),
        lambda: open(top),
    ):
        try:
            attempt()
        except OSError as error:
            print(type(error).__name__)
    shutil.rmtree(top)
    print(os.listdir(scratch))

p = PurePosixPath("/usr/lib/../share/doc.tar.gz")
print(
    p.suffixes,
    p.stem,
    p.parts,
    p.parent,
    p.with_suffix(".xz").name,
    p.relative_to("/usr"),
    p.is_absolute(),
    p.match("*.gz"),
)
print(
    PureWindowsPath("C:\\a") / "b\\c.txt",
    PureWindowsPath("c:/A") == PureWindowsPath("C:\\a"),
)
print(
    os.path.normpath("a/./b/../../c//d"),
    os.path.commonpath(["/a/b/c", "/a/b/d"]),
    os.path.splitext("x.tar.gz"),
    os.path.join("a", "/b", "c"),
    os.path.relpath("/a/b", "/a/c/d"),
)
print(
    fnmatch.filter(["one.c", "two.h", "o.cc"], "*.[ch]"),
    fnmatch.fnmatchcase("A", "a"),
    fnmatch.fnmatch("data7", "data?"),
)
