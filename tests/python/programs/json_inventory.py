# json_inventory - an inventory read from JSON, changed, and written back.
#
# SPDX-License-Identifier: Apache-2.0
import json
from decimal import Decimal

STOCK = """{"items": [
  {"sku": "A-100", "name": "Hex bolt M6 \\u00d7 20", "price": 0.12,
   "count": 950},
  {"sku": "A-101", "name": "Wing nut", "price": 0.305, "count": 40,
   "tags": ["metal", "loose"]},
  {"sku": "B-7", "name": "Gl\\u00fchbirne", "price": 4.90, "count": 0,
   "size": {"mm": [60, 105.5], "cap": null, "dim": true}}],
 "currency": "EUR", "updated": 1700000000}"""


class Money(json.JSONEncoder):
    def default(self, thing):
        if isinstance(thing, Decimal):
            return str(thing)
        if isinstance(thing, set):
            return sorted(thing)
        return super().default(thing)


stock = json.loads(STOCK, parse_float=Decimal)
total = Decimal(0)
for item in stock["items"]:
    worth = item["price"] * item["count"]
    total += worth
    print(f"{item['sku']:<6} {item['name']:<18} {worth:>10.2f}")
print("total", total.quantize(Decimal("0.01")), stock["currency"])

for item in stock["items"]:
    item["low"] = item["count"] < 50
    item["tags"] = set(item.get("tags", ())) | {"checked"}
print(json.dumps(stock, cls=Money, indent=2, sort_keys=True))
print(
    json.dumps(
        stock["items"][2], cls=Money, ensure_ascii=False, separators=(",", ":")
    )
)

pairs = json.loads('{"a": 1, "b": 2, "a": 3}', object_pairs_hook=list)
print(pairs)
for bad in ('{"a": }', "[1, 2", "nul", '"\\x"', "1 2", '{"a" 1}'):
    try:
        print(json.loads(bad))
    except json.JSONDecodeError as error:
        print(repr(bad), "line", error.lineno, "column", error.colno)
try:
    json.dumps({"when": object})
except TypeError as error:
    print("TypeError:", error.args[0].split(" of ")[0])
print(json.dumps([float("inf"), -0.0, 1e100, 1e-7, 10**25, True, None]))
