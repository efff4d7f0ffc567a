# date_report - appointments: intervals, weekdays, overlaps, time zones.
#
# SPDX-License-Identifier: Apache-2.0
from datetime import date, datetime, time, timedelta, timezone

start = date(2024, 2, 26)
for day in (start + timedelta(days=n) for n in range(6)):
    print(
        day.isoformat(),
        day.strftime("%a %d %b"),
        day.isocalendar()[1:],
        day.timetuple().tm_yday,
    )

EVENTS = [
    ("review", "2024-03-01 09:00", 90),
    ("call", "2024-03-01 10:00", 45),
    ("lunch", "2024-03-01 12:30", 60),
    ("train", "2024-03-01 23:15", 120),
    ("talk", "2024-03-02 00:30", 20),
]
booked = []
for name, begins, minutes in EVENTS:
    begin = datetime.strptime(begins, "%Y-%m-%d %H:%M")
    booked.append((name, begin, begin + timedelta(minutes=minutes)))
for i, (name, begin, end) in enumerate(booked):
    print(
        f"{name:<7}{begin:%H:%M}-{end:%H:%M} {end - begin}",
        "over midnight" if end.date() != begin.date() else "",
    )
    for other, begin2, end2 in booked[:i]:
        if begin < end2 and begin2 < end:
            print(
                "   overlaps", other, "by", min(end, end2) - max(begin, begin2)
            )

tokyo = timezone(timedelta(hours=9), "JST")
newfoundland = timezone(-timedelta(hours=3, minutes=30))
noon = datetime(2024, 3, 1, 12, tzinfo=timezone.utc)
for zone in (tokyo, newfoundland):
    print(noon.astimezone(zone).isoformat(), noon.astimezone(zone).tzname())
print(noon.timestamp(), datetime.fromtimestamp(0, timezone.utc))
print(datetime.fromisoformat("2024-02-29T23:59:59.250000+05:45"))
print((date(2025, 1, 1) - date(2024, 1, 1)).days, date.max - date.min)
print(
    timedelta(days=-1, seconds=30),
    abs(timedelta(days=-1, seconds=30)),
    timedelta(hours=25) / timedelta(minutes=7),
    timedelta(1) // 7,
)
print(time(23, 59).replace(hour=1), date(2024, 12, 30).isocalendar().year)
print(noon.replace(month=2, day=29).strftime("%j %U %w %y %I%p %%"))
for wrong in ((2023, 2, 29), (2024, 13, 1), (0, 1, 1)):
    try:
        date(*wrong)
    except ValueError as error:
        print("ValueError:", error)
