# sqlite_file - a database in a file: transactions, backup, blobs, dates.
#
# SPDX-License-Identifier: Apache-2.0
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path


def accounts(db):
    return dict(db.execute("SELECT name, cents FROM account ORDER BY name"))


def transfer(db, source, target, cents):
    with db:
        db.execute(
            "UPDATE account SET cents = cents - ? WHERE name = ?",
            (cents, source),
        )
        (left,) = db.execute(
            "SELECT cents FROM account WHERE name = ?", (source,)
        ).fetchone()
        if left < 0:
            raise ValueError(f"{source} lacks {-left}")
        db.execute(
            "UPDATE account SET cents = cents + ? WHERE name = ?",
            (cents, target),
        )


with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "bank.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE account (name TEXT PRIMARY KEY, cents INT)")
        with db:
            db.executemany(
                "INSERT INTO account VALUES (?, ?)",
                [("ann", 5000), ("bob", 100), ("cyd", 0)],
            )
        transfer(db, "ann", "cyd", 1250)
        try:
            transfer(db, "bob", "ann", 101)
        except ValueError as error:
            print("refused:", error)
        print(accounts(db), db.total_changes)

    print(path.read_bytes()[:15], path.stat().st_size % 512)
    with closing(sqlite3.connect(path)) as db:
        print("again:", accounts(db))
        db.execute("CREATE TABLE page (n INTEGER PRIMARY KEY, body BLOB)")
        with db:
            for n in range(200):
                db.execute(
                    "INSERT INTO page VALUES (?, ?)", (n, bytes([n]) * (n * 7))
                )
        print(
            *db.execute("SELECT count(*), sum(length(body)), max(n) FROM page")
        )
        with db:
            db.execute("DELETE FROM page WHERE n % 3 <> 0")
        db.execute("VACUUM")
        print(db.execute("SELECT hex(body) FROM page WHERE n = 3").fetchone())
        print(db.execute("PRAGMA integrity_check").fetchone())

        with closing(sqlite3.connect(Path(folder) / "copy.db")) as copy:
            db.backup(copy)
            copy.execute("DELETE FROM page")
            print(
                *copy.execute("SELECT count(*) FROM page"),
                *db.execute("SELECT count(*) FROM page"),
            )

    with closing(sqlite3.connect(path)) as one, closing(
        sqlite3.connect(path, timeout=0)
    ) as two:
        one.execute("BEGIN IMMEDIATE")
        one.execute("UPDATE account SET cents = 0")
        print("two sees", sum(accounts(two).values()))
        one.rollback()
        print("one sees", sum(accounts(one).values()))
        one.execute("SAVEPOINT here")
        one.execute("DELETE FROM account")
        one.execute("ROLLBACK TO here")
        print(
            len(accounts(one)),
            *one.execute(
                "SELECT date('2024-01-31', '+1 month'), julianday('2000-01-01')"
            ),
        )
        dump = list(one.iterdump())
        print(dump[0], len([d for d in dump if d.startswith("INSERT")]))
    print(sorted(p.name for p in Path(folder).iterdir()))
