"""A stand-in for ssl: it can be imported, and says no when it is used.

There is no network in a sandbox, and so nothing to encrypt.

SPDX-License-Identifier: Apache-2.0
"""

import enum

OPENSSL_VERSION = "none: there is no network in this sandbox"
OPENSSL_VERSION_INFO = (0, 0, 0, 0, 0)
OPENSSL_VERSION_NUMBER = 0
HAS_SNI = HAS_ALPN = HAS_NPN = HAS_ECDH = HAS_TLSv1_3 = False
PROTOCOL_TLS = PROTOCOL_SSLv23 = 2
PROTOCOL_TLS_CLIENT = 16
PROTOCOL_TLS_SERVER = 17


class SSLError(OSError):
    """The base of all errors of this module."""

    library = reason = None


class SSLZeroReturnError(SSLError):
    pass


class SSLWantReadError(SSLError):
    pass


class SSLWantWriteError(SSLError):
    pass


class SSLSyscallError(SSLError):
    pass


class SSLEOFError(SSLError):
    pass


class SSLCertVerificationError(SSLError, ValueError):
    pass


CertificateError = SSLCertVerificationError


class VerifyMode(enum.IntEnum):
    CERT_NONE = 0
    CERT_OPTIONAL = 1
    CERT_REQUIRED = 2


class Purpose(enum.Enum):
    SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
    CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"


class TLSVersion(enum.IntEnum):
    MINIMUM_SUPPORTED = -2
    SSLv3 = 768
    TLSv1 = 769
    TLSv1_1 = 770
    TLSv1_2 = 771
    TLSv1_3 = 772
    MAXIMUM_SUPPORTED = -1


CERT_NONE = VerifyMode.CERT_NONE
CERT_OPTIONAL = VerifyMode.CERT_OPTIONAL
CERT_REQUIRED = VerifyMode.CERT_REQUIRED


def _refuse(*args, **kwargs):
    raise SSLError(58, "there is no TLS: there is no network in this sandbox")


class SSLContext:
    """Cannot be made."""

    def __new__(cls, *args, **kwargs):
        _refuse()


class SSLSocket:
    """Cannot be made."""

    def __new__(cls, *args, **kwargs):
        _refuse()


class SSLObject:
    """Cannot be made."""

    def __new__(cls, *args, **kwargs):
        _refuse()


class MemoryBIO:
    """Cannot be made."""

    def __new__(cls, *args, **kwargs):
        _refuse()


create_default_context = _create_default_https_context = _refuse
_create_unverified_context = _create_stdlib_context = _refuse
get_server_certificate = get_default_verify_paths = _refuse
RAND_bytes = RAND_add = _refuse


def RAND_status():
    return False
