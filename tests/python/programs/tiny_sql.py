# tiny_sql - a query language over lists of dictionaries.
#
# SPDX-License-Identifier: Apache-2.0
import operator
import re

TOKEN = re.compile(
    r"\s*(?:('(?:[^']|'')*')|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)"
    r"|(<=|>=|<>|[=<>(),*+/-]))"
)
WORDS = {
    "select",
    "from",
    "where",
    "and",
    "or",
    "not",
    "order",
    "by",
    "desc",
    "limit",
    "as",
    "group",
    "join",
    "on",
    "is",
    "null",
    "like",
    "in",
}
COMPARE = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
MATHS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
TOTALS = {
    "sum": sum,
    "count": len,
    "min": min,
    "max": max,
    "avg": lambda values: sum(values) / len(values),
}
TABLES = {
    "person": [
        {"id": 1, "name": "Ann", "age": 41, "town": "Ulm"},
        {"id": 2, "name": "Bob", "age": 28, "town": "Rom"},
        {"id": 3, "name": "Cyd", "age": None, "town": "Ulm"},
        {"id": 4, "name": "Dan O'Hara", "age": 35, "town": "Bonn"},
    ],
    "visit": [
        {"who": 1, "year": 2020, "cost": 99.5},
        {"who": 2, "year": 2021, "cost": 10},
        {"who": 1, "year": 2022, "cost": 15.25},
        {"who": 4, "year": 2022, "cost": 8},
    ],
}
QUERIES = """
SELECT * FROM person WHERE age > 30 ORDER BY age;
select name, age + 1 as next from person where age is not null order by
    next desc;
select name from person where name like '%an%' or not town in ('Ulm',
    'Bonn');
select name, cost * 2 / 4 as half from person join visit on id = who where
    cost >= 10;
select town, count(*) as n from person group by town order by n desc limit
    2;
select year, sum(cost), max(cost) - min(cost) as spread from visit group by
    year;
select name from person where name = 'Dan O''Hara' and (age < 30 or age <=
    35);
select avg(cost) as mean from visit group by 1;
select from person;
select name person;
select a ? b;
select name from person limit;
select name from person 5
"""


class Query:
    def __init__(self, text):
        self.tokens, at = [], 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if not found:
                raise SyntaxError(f"at {text[at:].strip()[:8]!r}")
            kind = ("text", "number", "word", "sign")[found.lastindex - 1]
            value = found[found.lastindex]
            if kind == "word" and value.lower() in WORDS:
                kind, value = "key", value.lower()
            self.tokens.append((kind, value))
            at = found.end()
        self.at = 0

    def peek(self, *values):
        token = self.tokens[self.at][1] if self.at < len(self.tokens) else None
        return token in values if values else token

    def maybe(self, *values):
        if self.peek(*values):
            self.at += 1
            return self.tokens[self.at - 1][1]

    def take(self, value):
        if not self.maybe(value):
            raise SyntaxError(f"{value} expected, not {self.peek()}")

    def word(self):
        self.at += 1
        if self.at > len(self.tokens) or self.tokens[self.at - 1][0] != "word":
            raise SyntaxError("a name expected")
        return self.tokens[self.at - 1][1]

    def either(self):
        test = self.both()
        while self.maybe("or"):
            test = self.combine(lambda a, b: a or b, test, self.both())
        return test

    @staticmethod
    def combine(function, a, b):
        return lambda row: function(a(row), b(row))

    def both(self):
        test = self.negated()
        while self.maybe("and"):
            test = self.combine(lambda a, b: a and b, test, self.negated())
        return test

    def negated(self):
        if self.maybe("not"):
            test = self.negated()
            return lambda row: not test(row)
        return self.compared()

    def compared(self):
        left = self.sum()
        if sign := self.maybe(*COMPARE):
            return self.combine(
                lambda a, b: None not in (a, b) and COMPARE[sign](a, b),
                left,
                self.sum(),
            )
        if self.maybe("is"):
            negative = bool(self.maybe("not"))
            self.take("null")
            return lambda row: (left(row) is None) != negative
        if self.maybe("like"):
            pattern = self.sum()({})
            test = re.compile(
                re.escape(pattern).replace("%", ".*").replace("_", ".")
            )
            return lambda row: bool(test.fullmatch(left(row)))
        if self.maybe("in"):
            self.take("(")
            options = [self.sum()({})]
            while self.maybe(","):
                options.append(self.sum()({}))
            self.take(")")
            return lambda row: left(row) in options
        return left

    def sum(self):
        value = self.product()
        while sign := self.maybe("+", "-"):
            value = self.combine(MATHS[sign], value, self.product())
        return value

    def product(self):
        value = self.atom()
        while sign := self.maybe("*", "/"):
            value = self.combine(MATHS[sign], value, self.atom())
        return value

    def atom(self):
        if self.maybe("("):
            value = self.either()
            self.take(")")
            return value
        if self.at >= len(self.tokens):
            raise SyntaxError("a value expected at the end")
        kind, token = self.tokens[self.at]
        self.at += 1
        if kind == "text":
            return lambda row: token[1:-1].replace("''", "'")
        if kind == "number":
            number = float(token) if "." in token else int(token)
            return lambda row: number
        if kind == "word" and token in TOTALS and self.maybe("("):
            inner = (lambda row: 1) if self.maybe("*") else self.sum()
            self.take(")")
            return lambda row: TOTALS[token]([inner(r) for r in row["*rows"]])
        if kind == "word":
            return lambda row: row[token]
        raise SyntaxError(f"a value expected, not {token}")

    def run(self):
        self.take("select")
        columns = []
        while True:
            start = self.at
            if self.maybe("*"):
                columns.append(("*", None))
            else:
                value = self.sum()
                name = (
                    self.word()
                    if self.maybe("as")
                    else "".join(t[1] for t in self.tokens[start : self.at])
                )
                columns.append((name, value))
            if not self.maybe(","):
                break
        self.take("from")
        rows = TABLES[self.word()]
        if self.maybe("join"):
            other = TABLES[self.word()]
            rows = [{**a, **b} for a in rows for b in other]
            self.take("on")
            test = self.either()
            rows = [row for row in rows if test(row)]
        if self.maybe("where"):
            test = self.either()
            rows = [row for row in rows if test(row)]
        if self.maybe("group"):
            self.take("by")
            key, groups = self.sum(), {}
            for row in rows:
                groups.setdefault(key(row), []).append(row)
            rows = [{**group[0], "*rows": group} for group in groups.values()]
        made = []
        for row in rows:
            new = {}
            for name, value in columns:
                new.update(row if value is None else {name: value(row)})
            made.append((new, {**row, **new}))
        if self.maybe("order"):
            self.take("by")
            key = self.sum()
            made.sort(
                key=lambda m: key(m[1]), reverse=bool(self.maybe("desc"))
            )
        if self.maybe("limit"):
            made = made[: self.sum()({})]
        if self.peek() is not None:
            raise SyntaxError(f"what is {self.peek()!r}?")
        return [new for new, _ in made]


for text in QUERIES.split(";"):
    try:
        print(*Query(text).run(), sep="\n")
    except SyntaxError as error:
        print("SyntaxError:", error)
