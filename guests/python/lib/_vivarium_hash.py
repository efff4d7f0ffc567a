"""What hashlib has of OpenSSL, in Python: there is no OpenSSL in a sandbox.

SPDX-License-Identifier: Apache-2.0
"""

import hashlib
import hmac


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    """Password based key derivation function 2 (PKCS #5 v2.0) with HMAC."""
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    keyed = hmac.new(password, None, hash_name)
    if dklen is None:
        dklen = keyed.digest_size
    if dklen < 1:
        raise ValueError("key length must be greater than 0.")
    key = b""
    while len(key) < dklen:
        number = len(key) // keyed.digest_size + 1
        key += block(keyed, salt + number.to_bytes(4, "big"), iterations)
    return key[:dklen]


def block(keyed, message, iterations):
    total = 0
    for _ in range(iterations):
        turn = keyed.copy()
        turn.update(message)
        message = turn.digest()
        total ^= int.from_bytes(message, "big")
    return total.to_bytes(keyed.digest_size, "big")


def install():
    if not hasattr(hashlib, "pbkdf2_hmac"):
        hashlib.pbkdf2_hmac = pbkdf2_hmac
