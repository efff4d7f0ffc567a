# sqlite_library - a library's books in a database in memory.
#
# SPDX-License-Identifier: Apache-2.0
import sqlite3

db = sqlite3.connect(":memory:")
db.row_factory = sqlite3.Row
db.executescript(
    """
    CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL);
    CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT, year INTEGER,
        author INTEGER REFERENCES author(id), price REAL CHECK (price >= 0));
    CREATE INDEX by_year ON book(year);
    CREATE VIEW shelf AS SELECT name, title, year FROM book
        JOIN author ON author.id = book.author;
"""
)
BOOKS = [
    ("Woolf", "Orlando", 1928, 9.5),
    ("Woolf", "The Waves", 1931, 8.0),
    ("Lem", "Solaris", 1961, 11.25),
    ("Lem", "Cyberiada", 1965, 7.75),
    ("Eco", "Baudolino", 2000, 14.0),
    ("Lem", "Fiasko", 1987, None),
]
with db:
    for name in sorted({book[0] for book in BOOKS}):
        db.execute("INSERT INTO author(name) VALUES (?)", (name,))
    db.executemany(
        """INSERT INTO book(title, year, price, author) VALUES
        (:title, :year, :price, (SELECT id FROM author WHERE name = :name))""",
        [dict(zip(("name", "title", "year", "price"), b)) for b in BOOKS],
    )
for row in db.execute("SELECT * FROM shelf ORDER BY year LIMIT 4"):
    print(tuple(row), row["title"], row.keys())
query = """SELECT name, count(*) AS n, round(avg(price), 3) AS mean,
    group_concat(title, '/') FROM (SELECT shelf.*, price FROM shelf
    JOIN book USING (title, year) ORDER BY title)
    GROUP BY name HAVING n > 1 ORDER BY mean DESC"""
for row in db.execute(query):
    print(*row)

db.create_function("initials", 1, lambda s: "".join(w[0] for w in s.split()))


class Spread:
    def __init__(self):
        self.values = []

    def step(self, value):
        if value is not None:
            self.values.append(value)

    def finalize(self):
        return max(self.values) - min(self.values)


db.create_aggregate("spread", 1, Spread)
db.create_collation("backwards", lambda a, b: (a < b) - (a > b))
print([r[0] for r in db.execute("SELECT initials(title) FROM book")])
print(db.execute("SELECT spread(price), total(price) FROM book").fetchone()[:])
print(
    [
        r["name"]
        for r in db.execute(
            "SELECT name FROM author ORDER BY name COLLATE backwards"
        )
    ]
)
print(
    [
        tuple(r)
        for r in db.execute(
            """WITH RECURSIVE fib(a, b) AS (VALUES (0, 1)
    UNION ALL SELECT b, a + b FROM fib WHERE b < 50) SELECT a FROM fib"""
        )
    ]
)
print(
    [
        tuple(r)
        for r in db.execute(
            """SELECT title, rank() OVER
    (PARTITION BY author ORDER BY year DESC) AS r FROM book ORDER BY r, title"""
        )
    ]
)
for bad in (
    "INSERT INTO author(name) VALUES ('Lem')",
    "SELECT * FROM nowhere",
    "UPDATE book SET price = -1",
):
    try:
        with db:
            db.execute(bad)
    except sqlite3.Error as error:
        print(type(error).__name__, "-", error)
print(
    db.execute("DELETE FROM book WHERE price IS NULL").rowcount,
    db.in_transaction,
)
db.rollback()
print(db.execute("SELECT count(*) FROM book").fetchone()[0])
print([row[0][:5] for row in db.execute("SELECT CAST(x'68656c6c6f' AS TEXT)")])
