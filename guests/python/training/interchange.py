# interchange - records through json, csv, pickle, struct and base64, and back.
#
# SPDX-License-Identifier: Apache-2.0
import base64
import csv
import hashlib
import io
import json
import pickle
import struct
import zlib

ROUNDS = 28
HEAD = struct.Struct("<4sHIq")


def records(n):
    for k in range(50):
        yield {
            "key": f"rec-{k * n % 97:04d}",
            "value": k * 1.25 - n,
            "flags": [bool(k & 1), None, k % 3 == 0],
            "parts": {str(p): p * p for p in range(k % 5)},
            "text": "naïve \u2603 " + "z" * (k % 11),
        }


def as_csv(rows):
    out = io.StringIO()
    writer = csv.DictWriter(
        out, ["key", "value", "text"], extrasaction="ignore"
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_bytes(rows):
    packed = []
    for number, row in enumerate(rows):
        text = row["text"].encode()
        packed.append(
            HEAD.pack(b"REC1", number, len(text), int(row["value"] * 4))
        )
        packed.append(text)
    return b"".join(packed)


def from_bytes(data):
    at = 0
    while at < len(data):
        magic, number, size, value = HEAD.unpack_from(data, at)
        at += HEAD.size
        yield magic, number, value / 4, data[at : at + size].decode()
        at += size


def merge(a, b):
    made = dict(a)
    for key, value in b.items():
        if isinstance(value, dict) and isinstance(made.get(key), dict):
            made[key] = merge(made[key], value)
        elif isinstance(value, list):
            made[key] = [*made.get(key, []), *value]
        else:
            made[key] = value
    return made


def run():
    total = 0
    for n in range(1, ROUNDS + 1):
        rows = list(records(n))
        text = json.dumps(
            rows, indent=2 if n % 3 == 0 else None, sort_keys=True
        )
        back = json.loads(text)
        assert back == json.loads(json.dumps(rows))
        table = as_csv(rows)
        read = [float(r["value"]) for r in csv.DictReader(io.StringIO(table))]
        data = as_bytes(rows)
        parts = list(from_bytes(data))
        assert parts[3][3] == rows[3]["text"]
        packed = base64.b64encode(zlib.compress(data, 1))
        assert zlib.decompress(base64.b64decode(packed)) == data
        assert pickle.loads(pickle.dumps(rows)) == rows
        digest = hashlib.sha256(data).hexdigest()
        merged = {}
        for row in rows[:12]:
            merged = merge(merged, {row["key"][:6]: row})
        total += len(text) + int(sum(read)) + int(digest[:4], 16) + len(merged)
        total += sum(part[2] > 0 for part in parts)
        for bad in ("{", "[1,]", '{"a" 1}'):
            try:
                json.loads(bad)
            except json.JSONDecodeError as error:
                total += error.pos
    return total
