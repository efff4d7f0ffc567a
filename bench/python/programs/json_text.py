# json_text - a document written and read by json, in several ways.
#
# SPDX-License-Identifier: Apache-2.0
import json

ROUNDS = 210


def document():
    people, state = [], 5
    for n in range(90):
        state = (state * 69069 + 1) & 0xFFFFFFFF
        people.append(
            {
                "id": n,
                "name": f"person \u00e9 {state:x}",
                "score": (state >> 5) / 1024,
                "tags": [f"tag{state >> s & 15}" for s in range(0, 20, 4)],
                "address": {
                    "street": "a" * (n % 20),
                    "no": n % 7,
                    "zip": None,
                },
                "active": bool(state & 64),
                "history": [[n, n * n, -n / 4] for n in range(state % 9)],
            }
        )
    return {"people": people, "total": len(people), "note": 'with "quotes"\n'}


class Writer(json.JSONEncoder):
    def default(self, thing):
        return sorted(thing)


def run():
    data = document()
    size = 0
    for n in range(ROUNDS):
        data["total"] = n
        compact = json.dumps(data, separators=(",", ":"))
        sorted_keys = json.dumps(data, sort_keys=True, ensure_ascii=False)
        back = json.loads(compact)
        assert json.loads(sorted_keys) == back
        size += len(compact) + len(sorted_keys) + len(back["people"][-1])
        if n % 10 == 0:
            size += len(json.dumps(data, indent=1))
            size += len(json.dumps([{n, n + 1}] * 200, cls=Writer))
            json.loads(compact, object_hook=lambda d: tuple(d.items()))
    return size
