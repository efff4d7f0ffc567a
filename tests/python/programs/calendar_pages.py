# calendar_pages - calendars as text, Easter, moons, and fiscal weeks.
#
# SPDX-License-Identifier: Apache-2.0
import calendar
from datetime import date, timedelta

calendar.setfirstweekday(calendar.MONDAY)
print(calendar.month(2024, 2))
print(calendar.TextCalendar(calendar.SUNDAY).formatmonth(2023, 10, w=3))
page = calendar.HTMLCalendar().formatmonth(2021, 2)
print(page.count("<td"), page.count("noday"), page.splitlines()[3])
for line in calendar.calendar(2025, m=6).splitlines()[:10]:
    print(line.rstrip())
print(
    [int(n) for n in calendar.monthrange(2024, 2)],
    calendar.isleap(1900),
    calendar.leapdays(1, 2001),
    calendar.weekday(1969, 7, 20),
    calendar.day_name[6],
    calendar.month_abbr[5],
)
print(
    calendar.monthcalendar(2024, 9)[-1],
    calendar.timegm((2024, 2, 29, 12, 0, 0)),
)
weeks = calendar.Calendar(3).monthdatescalendar(2024, 1)
print([str(day) for day in weeks[0]], len(weeks))


def easter(year):
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


for year in (1999, 2024, 2038):
    sunday = easter(year)
    feasts = {
        "Ash Wednesday": -46,
        "Good Friday": -2,
        "Ascension": 39,
        "Whitsun": 49,
    }
    print(
        sunday,
        {n: f"{sunday + timedelta(d):%d %b}" for n, d in feasts.items()},
    )
count = {}
for year in range(1900, 2100):
    day = easter(year)
    assert day.weekday() == calendar.SUNDAY
    count[day.month] = count.get(day.month, 0) + 1
print(
    count, min(map(easter, range(1900, 2100)), key=lambda d: (d.month, d.day))
)


def nth_weekday(year, month, weekday, n):
    days = [week[weekday] for week in calendar.monthcalendar(year, month)]
    return date(year, month, [day for day in days if day][n])


print([str(nth_weekday(2024, m, calendar.THURSDAY, -1)) for m in (2, 11)])
friday13 = [
    (y, m)
    for y in (2023, 2024, 2026)
    for m in range(1, 13)
    if calendar.weekday(y, m, 13) == calendar.FRIDAY
]
print(friday13)


def working_days(first, last, off=()):
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return sum(day.weekday() < 5 and day not in off for day in days)


holidays = {easter(2024) + timedelta(n) for n in (-2, 1)}
print(working_days(date(2024, 3, 1), date(2024, 4, 30), holidays))
print(
    sorted({date(y, 12, 31).isocalendar()[1] for y in range(2000, 2030)}),
    [y for y in range(2000, 2030) if date(y, 12, 28).isocalendar()[1] == 53],
)
print(
    date.fromisocalendar(2020, 53, 7),
    date.fromordinal(738000).strftime("%A %-d"),
)
