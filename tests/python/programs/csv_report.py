# csv_report - sales in CSV summed by region and quarter.
#
# SPDX-License-Identifier: Apache-2.0
import csv
import io
from collections import defaultdict

SALES = '''region,date,item,amount,note
North,2023-01-14,lamp,120.50,"paid, late"
South,2023-02-02,desk,890.00,
North,2023-04-30,"chair ""Ada""",75.25,"two
lines"
West,2023-05-11,lamp,241.00,gift
South,2023-07-19,lamp,60.25,
North,2023-08-01,desk,445.00,"discount; 50%"
West,2023-11-23,chair,150.50,
East,2023-12-31,desk,n/a,broken row
'''


def quarter(date):
    return (int(date[5:7]) + 2) // 3


table = defaultdict(lambda: [0.0] * 4)
bad = []
for row in csv.DictReader(io.StringIO(SALES)):
    try:
        amount = float(row["amount"])
    except ValueError as error:
        bad.append((row["region"], str(error)))
        continue
    table[row["region"]][quarter(row["date"]) - 1] += amount
    if row["note"]:
        print("note:", repr(row["note"]))

print(f"{'region':<8}" + "".join(f"{'Q' + str(q):>10}" for q in range(1, 5)))
for region, sums in sorted(table.items()):
    print(f"{region:<8}" + "".join(f"{s:>10.2f}" for s in sums))
totals = [sum(column) for column in zip(*table.values())]
print(f"{'all':<8}" + "".join(f"{s:>10.2f}" for s in totals))
print("bad rows:", bad)

out = io.StringIO()
writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_NONNUMERIC)
writer.writerow(["region", "sum"])
for region, sums in sorted(table.items()):
    writer.writerow([region, round(sum(sums), 2)])
print(out.getvalue(), end="")

guess = csv.Sniffer().sniff("a|b|c\n1|2|3\n4|5|6\n")
print("sniffed", repr(guess.delimiter))
for row in csv.reader(["a\tb\t'c\td'"], delimiter="\t", quotechar="'"):
    print(row)
try:
    list(csv.reader(['"unfinished'], strict=True))
except csv.Error as error:
    print("csv.Error:", error)
