# hash_tree - digests of many kinds, a Merkle tree, and keyed hashes.
#
# SPDX-License-Identifier: Apache-2.0
import base64
import binascii
import hashlib
import hmac
import uuid

TEXT = b"All that is hashed is not lost."
for name in (
    "md5",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "sha3_256",
    "blake2b",
    "blake2s",
):
    print(f"{name:<9}", hashlib.new(name, TEXT).hexdigest()[:48])
print("shake", hashlib.shake_128(TEXT).hexdigest(12))
print(
    "blake2",
    hashlib.blake2b(
        TEXT, digest_size=8, key=b"k", person=b"me", salt=b"s"
    ).hexdigest(),
)

piecewise = hashlib.sha256()
for at in range(0, len(TEXT), 5):
    piecewise.update(TEXT[at : at + 5])
fork = piecewise.copy()
fork.update(b"!")
print(
    piecewise.digest() == hashlib.sha256(TEXT).digest(),
    fork.hexdigest()[:8],
    piecewise.block_size,
    piecewise.digest_size,
)


def merkle(leaves):
    """The levels of the tree, the leaves' first; odd ones go up alone."""
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    while True:
        yield level
        if len(level) == 1:
            return
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [
            hashlib.sha256(b"\1" + b"".join(p)).digest()
            if len(p) == 2
            else p[0]
            for p in pairs
        ]


leaves = [b"block %d" % n for n in range(7)]
for level in merkle(leaves):
    print(*(digest.hex()[:6] for digest in level))
leaves[4] = b"forged"
print("forged root", [*merkle(leaves)][-1][0].hex()[:6])

mac = hmac.new(b"secret", TEXT, "sha256")
print(mac.hexdigest()[:32], hmac.compare_digest(mac.digest(), bytes(32)))
print(hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 1000).hex()[:32])

print(
    base64.b64encode(bytes(range(250, 256))),
    base64.urlsafe_b64encode(b"\xfb\xff"),
    base64.b32encode(b"sand"),
    base64.b16encode(b"box"),
)
print(
    base64.b85encode(b"vivarium"),
    base64.a85encode(b"    viv", foldspaces=True),
)
print(
    base64.b64decode("c2FuZGJveA=="),
    base64.b85decode(base64.b85encode(TEXT)) == TEXT,
)
for wrong in ("abc", "ab$d"):
    try:
        print(base64.b64decode(wrong, validate=True))
    except binascii.Error:
        print(wrong, "is not base64")
print(
    binascii.crc32(TEXT),
    binascii.crc_hqx(TEXT, 0),
    binascii.hexlify(b"hex", "-"),
    binascii.unhexlify("00ff"),
)
space = uuid.uuid5(uuid.NAMESPACE_DNS, "example.org")
print(
    space,
    uuid.uuid3(space, "x"),
    space.version,
    space.variant == uuid.RFC_4122,
)
print(
    uuid.UUID(int=2**64 + 5),
    uuid.UUID("{12345678123456781234567812345678}").fields,
)
