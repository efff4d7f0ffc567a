# tar_archive - tar archives, plain and compressed, in memory and in files.
#
# SPDX-License-Identifier: Apache-2.0
import io
import tarfile
import tempfile
from pathlib import Path


def add(archive, name, content, **fields):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mtime = 1_700_000_000
    for key, value in fields.items():
        setattr(info, key, value)
    archive.addfile(info, io.BytesIO(content))


def build(mode, **options):
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode=mode, **options) as archive:
        add(archive, "top.txt", b"top\n" * 1000, mode=0o640, uname="ann")
        add(archive, "folder", b"", type=tarfile.DIRTYPE, mode=0o755)
        add(archive, "folder/" + "long" * 40 + ".txt", b"long name")
        add(archive, "folder/\u00e9t\u00e9", b"summer", uid=4242)
        add(archive, "link", b"", type=tarfile.SYMTYPE, linkname="top.txt")
    return memory.getvalue()


plain = build("w", format=tarfile.PAX_FORMAT)
gnu = build("w", format=tarfile.GNU_FORMAT)
print(len(plain) % 512, len(gnu) % 512, plain[257:262])
for mode in ("gz", "bz2", "xz"):
    packed = build(f"w:{mode}")
    print(mode, len(packed) < len(plain) // 4, packed[:3])
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        print(
            "  ",
            len(archive.getnames()),
            archive.extractfile("top.txt").read()[-4:],
        )

with tarfile.open(fileobj=io.BytesIO(gnu)) as archive:
    for member in archive:
        kind = (
            "dir"
            if member.isdir()
            else "link"
            if member.issym()
            else "file"
            if member.isfile()
            else "other"
        )
        print(
            f"{kind:<5}{member.mode:04o} {member.uid:>5} {member.uname:<4}"
            f"{member.size:>5} {member.name[:20]} {member.linkname}"
        )
    print(archive.getmember("folder/\u00e9t\u00e9").mtime)
    print(archive.extractfile("link").readline())
    try:
        archive.getmember("missing")
    except KeyError as error:
        print("KeyError:", error.args[0])

with tempfile.TemporaryDirectory() as folder:
    base = Path(folder, "in")
    (base / "deep" / "er").mkdir(parents=True)
    (base / "deep" / "er" / "a.txt").write_text("alpha")
    (base / "b.log").write_text("beta")
    path = Path(folder, "made.tgz")

    def keep(info):
        return None if info.name.endswith(".log") else info

    with tarfile.open(path, "w:gz") as archive:
        archive.add(base, arcname="out", filter=keep)
    with tarfile.open(path) as archive:
        print(sorted(archive.getnames()))
        for member in archive.getmembers():
            if member.isfile():
                print(member.name, archive.extractfile(member).read())
    print(tarfile.is_tarfile(path))
try:
    tarfile.open(fileobj=io.BytesIO(b"x" * 600))
except tarfile.ReadError:
    print("no archive")
