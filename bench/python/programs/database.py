# database - a database in memory filled, indexed, queried and changed.
#
# SPDX-License-Identifier: Apache-2.0
import sqlite3

ROWS, QUERIES = 52_000, 5_000


def fill(db):
    db.executescript(
        """CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, town TEXT);
        CREATE TABLE sale (id INTEGER PRIMARY KEY, customer INTEGER, item TEXT,
            cents INTEGER, day INTEGER);"""
    )
    state, customers, sales = 77, [], []
    for n in range(ROWS // 10):
        customers.append((n, f"name {n * 31 % 1009}", f"town {n % 23}"))
    for n in range(ROWS):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        sales.append(
            (
                n,
                state % (ROWS // 10),
                f"item {state >> 9 & 63}",
                state >> 4 & 0xFFFF,
                n // 50,
            )
        )
    with db:
        db.executemany("INSERT INTO customer VALUES (?, ?, ?)", customers)
        db.executemany("INSERT INTO sale VALUES (?, ?, ?, ?, ?)", sales)
    db.execute("CREATE INDEX by_customer ON sale(customer)")
    db.execute("CREATE INDEX by_day ON sale(day, cents)")


def run():
    db = sqlite3.connect(":memory:")
    fill(db)
    db.create_function("vat", 1, lambda cents: cents * 19 // 100)
    total = 0
    for n in range(QUERIES):
        ((name, cents),) = db.execute(
            "SELECT name, sum(cents) FROM customer JOIN sale ON customer = "
            "customer.id WHERE customer.id = ?",
            (n,),
        )
        total += (cents or 0) + len(name or "")
        rows = db.execute(
            "SELECT item, cents FROM sale WHERE day = ? AND cents "
            "BETWEEN ? AND ?",
            (n % 140, 9_000, 50_000),
        ).fetchall()
        total += sum(row[1] for row in rows)
    towns = db.execute(
        "SELECT town, count(*), sum(cents), max(day) FROM customer JOIN sale "
        "ON customer = customer.id GROUP BY town ORDER BY 3 DESC"
    ).fetchall()
    taxes = db.execute("SELECT sum(vat(cents)) FROM sale").fetchone()[0]
    with db:
        for n in range(0, ROWS, 7):
            db.execute(
                "UPDATE sale SET cents = cents + 1, item = ? WHERE id = ?",
                (f"changed {n}", n),
            )
        db.execute("DELETE FROM sale WHERE id % 5 = 0")
    likes = db.execute(
        "SELECT count(*) FROM sale WHERE item LIKE '%7%'"
    ).fetchone()
    running = db.execute(
        "SELECT max(s) FROM (SELECT sum(cents) OVER (PARTITION BY customer "
        "ORDER BY id) AS s FROM sale)"
    ).fetchone()
    db.close()
    return total, towns[0], taxes, likes[0], running[0]
