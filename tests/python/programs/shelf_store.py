# shelf_store - objects kept in a file by key, and memory laid on disk.
#
# SPDX-License-Identifier: Apache-2.0
import dbm
import dbm.dumb
import os
import shelve
import tempfile
from datetime import date


class Contact:
    def __init__(self, name, born, tags=()):
        self.name, self.born, self.tags = name, born, set(tags)

    def age(self, on):
        return (
            on.year
            - self.born.year
            - ((on.month, on.day) < (self.born.month, self.born.day))
        )

    def __repr__(self):
        return (
            f"<{self.name}, {self.age(date(2024, 3, 1))}, {sorted(self.tags)}>"
        )


def opened(path, **options):
    return shelve.Shelf(dbm.dumb.open(path, "c"), **options)


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "contacts")
    with opened(path) as shelf:
        shelf["ann"] = Contact("Ann", date(1980, 2, 29), ["chess"])
        shelf["bob"] = Contact("Bob", date(1999, 12, 31))
        shelf["list"] = [1, 2]
        shelf["list"].append(3)
        print(sorted(shelf), shelf["list"], "cyd" in shelf, len(shelf))

    with opened(path, writeback=True) as shelf:
        shelf["list"].append(4)
        shelf["ann"].tags.add("go")
        del shelf["bob"]
        shelf.sync()
        shelf["t\u00e9st"] = {"nested": ({"a": 1}, None)}
    with opened(path) as shelf:
        for key in sorted(shelf):
            print(key, shelf[key])
        try:
            shelf["bob"]
        except KeyError as error:
            print("KeyError", error)
        print(
            shelf.get("bob", "gone"), shelf.pop("list"), sorted(shelf.keys())
        )
    try:
        shelf["ann"]
    except ValueError as error:
        print("ValueError:", error)
    print(sorted(os.listdir(folder)))

    with dbm.dumb.open(os.path.join(folder, "raw"), "n") as db:
        for n in range(200):
            db[f"key{n}"] = str(n * n)
        for n in range(0, 200, 3):
            del db[f"key{n}"]
        db["key4"] = b"changed \xff"
        print(
            len(db), db[b"key4"], db.get(b"key3"), db.setdefault("new", b"x")
        )
    with dbm.dumb.open(os.path.join(folder, "raw"), "r") as db:
        print(sum(int(db[k]) for k in db.keys() if k not in (b"key4", b"new")))
        try:
            db["a"] = "b"
        except dbm.dumb.error as error:
            print(error)
    print(
        dbm.whichdb(os.path.join(folder, "raw")),
        dbm.whichdb(os.path.join(folder, "none")),
    )

    name = os.path.join(folder, "log.txt")
    with open(name, "x", encoding="utf-8", newline="\n") as file:
        file.writelines(f"line {n} \u00e9\n" for n in range(100))
        print(file.encoding, file.tell())
    with open(name, "rb") as file:
        file.seek(-9, os.SEEK_END)
        print(file.read(), file.tell())
        file.seek(0)
        print(sum(len(block) for block in iter(lambda: file.read(64), b"")))
    with open(name, "a+", encoding="utf-8") as file:
        print("the end", file=file, end="")
        file.seek(0)
        lines = file.readlines()
    print(len(lines), lines[-2:], os.stat(name).st_size)
    fd = os.open(name, os.O_RDWR)
    os.lseek(fd, 5, os.SEEK_SET)
    print(os.read(fd, 6), os.write(fd, b"##"), os.lseek(fd, 0, os.SEEK_CUR))
    os.ftruncate(fd, 20)
    os.close(fd)
    print(open(name, "rb").read())
    for mode in ("x", "q", "rw"):
        try:
            open(name, mode)
        except (OSError, ValueError) as error:
            print(type(error).__name__)
