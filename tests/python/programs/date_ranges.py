# date_ranges - business periods: bookings, shifts, ages and durations.
#
# SPDX-License-Identifier: Apache-2.0
import re
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from itertools import groupby, pairwise

ROOMS = """
blue  2024-02-27 2024-03-02 Finch
blue  2024-03-02 2024-03-05 Wren
red   2024-02-28 2024-03-01 Heron
red   2024-02-29 2024-03-03 Crane
green 2023-12-30 2024-01-02 Rook
"""
bookings = defaultdict(list)
for line in ROOMS.split("\n"):
    if line:
        room, first, last, who = line.split()
        bookings[room].append((*map(date.fromisoformat, (first, last)), who))
for room, stays in sorted(bookings.items()):
    for (_, until, a), (since, _, b) in pairwise(sorted(stays)):
        if since < until:
            days = (until - since).days
            print(f"{room}: {b} comes {days} days before {a} leaves")
    nights = defaultdict(int)
    for first, last, _ in stays:
        for n in range((last - first).days):
            nights[(first + timedelta(n)).strftime("%Y-%m")] += 1
    print(room, dict(nights))


def free(stays, first, last):
    days = [first + timedelta(n) for n in range((last - first).days)]
    empty = [d for d in days if not any(a <= d < b for a, b, _ in stays)]
    for _, run in groupby(enumerate(empty), lambda p: p[1] - timedelta(p[0])):
        run = [day for _, day in run]
        yield f"{run[0]:%d.%m.}-{run[-1]:%d.%m.}" if len(
            run
        ) > 1 else f"{run[0]:%d.%m.}"


for room, stays in sorted(bookings.items()):
    print(room, "free:", *free(stays, date(2024, 2, 25), date(2024, 3, 8)))


def parse_duration(text):
    units = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
    if not re.fullmatch(r"(\d+(\.\d+)?[wdhms]\s*)+", text):
        raise ValueError(f"{text!r} is no duration")
    return timedelta(
        seconds=sum(
            float(n) * units[u]
            for n, u in re.findall(r"([\d.]+)([wdhms])", text)
        )
    )


def describe(delta):
    seconds = int(delta.total_seconds())
    parts = []
    for name, size in (
        ("day", 86400),
        ("hour", 3600),
        ("minute", 60),
        ("second", 1),
    ):
        n, seconds = divmod(seconds, size)
        if n:
            parts.append(f"{n} {name}{'s' * (n > 1)}")
    return ", ".join(parts) or "no time"


for text in ("90m", "1d12h", "1.5w", "36h 15m 7s", "0s"):
    print(text, "=", parse_duration(text), "=", describe(parse_duration(text)))
try:
    parse_duration("5 parsecs")
except ValueError as error:
    print(error)


def age(born, on):
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def add_months(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue


leap = date(2000, 2, 29)
print(
    [
        age(leap, date(y, m, d))
        for y, m, d in ((2023, 2, 28), (2023, 3, 1), (2024, 2, 29))
    ]
)
print([str(add_months(date(2023, 12, 31), n)) for n in (1, 2, 6, 14, -10)])
STAMPS = [
    "2024-03-01T12:00:00Z",
    "2024-03-01T13:30:00+02:00",
    "2024-03-01T06:59:59.5-05:00",
    "20240301T120000+0000",
    "2024-W09-5T12:00:01+00:00",
]
moments = [datetime.fromisoformat(s) for s in STAMPS]
print(
    [
        m.astimezone(timezone.utc).strftime("%H:%M:%S.%f")[:-3]
        for m in sorted(moments)
    ]
)
print(moments[0] == moments[3], max(moments) - min(moments), len(set(moments)))
print(
    [
        datetime.strptime(t, f).isoformat()
        for t, f in (
            ("1 Mar 24", "%d %b %y"),
            ("061/2024 11PM", "%j/%Y %I%p"),
            ("2024 10 Mon", "%Y %W %a"),
            ("12:30 +0530", "%H:%M %z"),
        )
    ]
)
for bad in ("31.02.2024", "2024", "01.13.2024"):
    try:
        datetime.strptime(bad, "%d.%m.%Y")
    except ValueError:
        print("not a date:", bad)
try:
    datetime(2024, 1, 1) < datetime(2024, 1, 1, tzinfo=timezone.utc)
except TypeError as error:
    print(error)
