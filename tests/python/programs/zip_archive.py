# zip_archive - a zip file made, listed, read, extended and checked.
#
# SPDX-License-Identifier: Apache-2.0
import io
import tempfile
import zipfile
from pathlib import Path

FILES = {
    "readme.txt": b"Read me first.\n" * 40,
    "data/numbers.csv": "\n".join(f"{n},{n * n}" for n in range(300)).encode(),
    "data/empty": b"",
    "data/\u00fcber.bin": bytes(range(256)) * 8,
}

memory = io.BytesIO()
with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, content in FILES.items():
        info = zipfile.ZipInfo(name, (2024, 2, 29, 12, 30, 58))
        info.comment = name[:3].encode()
        kind = (
            zipfile.ZIP_STORED if name.endswith("csv") else archive.compression
        )
        archive.writestr(info, content, kind)
    archive.comment = b"made by hand"

with zipfile.ZipFile(memory) as archive:
    print(archive.comment, archive.testzip())
    for info in archive.infolist():
        print(
            f"{info.filename:<18}{info.file_size:>6} {info.CRC:08x} "
            f"{info.date_time} {info.compress_type} {info.comment}",
            info.compress_size < info.file_size,
        )
        assert archive.read(info) == FILES[info.filename]
    with archive.open("data/numbers.csv") as file:
        print(file.readline(), file.read(5), sum(1 for _ in file))
    root = zipfile.Path(archive)
    print(
        sorted(p.name for p in root.iterdir()),
        (root / "data" / "empty").exists(),
        (root / "data").is_dir(),
    )

with zipfile.ZipFile(memory, "a", zipfile.ZIP_BZIP2) as archive:
    archive.writestr("late.txt", "added later " * 100)
    archive.writestr(zipfile.ZipInfo("later/"), b"")
with zipfile.ZipFile(memory) as archive:
    print(
        len(archive.namelist()),
        archive.namelist()[-2:],
        archive.read("late.txt")[-7:],
    )

with tempfile.TemporaryDirectory() as folder:
    with zipfile.ZipFile(memory) as archive:
        archive.extractall(folder)
    found = sorted(
        p.relative_to(folder).as_posix()
        for p in Path(folder).rglob("*")
        if p.is_file()
    )
    print(found, Path(folder, "data/\u00fcber.bin").stat().st_size)
    path = Path(folder, "lzma.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.write(Path(folder, "readme.txt"), "in/side.txt")
    print(
        zipfile.is_zipfile(path),
        zipfile.is_zipfile(Path(folder, "readme.txt")),
    )
    with zipfile.ZipFile(path) as archive:
        print(archive.read("in/side.txt") == FILES["readme.txt"])

broken = bytearray(memory.getvalue())
broken[broken.index(b"0,0\n1,1")] ^= 1
with zipfile.ZipFile(io.BytesIO(broken)) as archive:
    print("broken:", archive.testzip())
    try:
        archive.read("nothing")
    except KeyError as error:
        print(error.args[0])
try:
    zipfile.ZipFile(io.BytesIO(b"no archive"))
except zipfile.BadZipFile as error:
    print("BadZipFile:", error)
