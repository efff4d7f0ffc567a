"""A stand-in for ssl: it can be imported, and says no when it is used.

There is no network in a sandbox, and so nothing to encrypt.  Contexts can be
made all the same, because urllib makes one before it knows of any address.

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


def _nothing(*args, **kwargs):
    """There is nobody whom it could matter to."""


class SSLContext:
    """Settings for connections that there will be none of."""

    def __init__(self, protocol=PROTOCOL_TLS_CLIENT):
        is_client = protocol == PROTOCOL_TLS_CLIENT
        self.protocol = protocol
        self.check_hostname = is_client
        self.verify_mode = CERT_REQUIRED if is_client else CERT_NONE
        self.options = self.verify_flags = 0
        self.minimum_version = TLSVersion.MINIMUM_SUPPORTED
        self.maximum_version = TLSVersion.MAXIMUM_SUPPORTED
        self.post_handshake_auth = False

    set_alpn_protocols = set_ciphers = _nothing
    load_default_certs = set_default_verify_paths = _nothing
    load_cert_chain = load_verify_locations = _nothing
    wrap_socket = wrap_bio = _refuse


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


def create_default_context(purpose=Purpose.SERVER_AUTH, *, cafile=None,
                           capath=None, cadata=None):
    """A context as a client or a server would begin with."""
    is_client = purpose == Purpose.SERVER_AUTH
    return SSLContext(PROTOCOL_TLS_CLIENT if is_client else PROTOCOL_TLS_SERVER)


def _create_unverified_context(*args, **kwargs):
    return SSLContext(PROTOCOL_TLS)


_create_default_https_context = create_default_context
_create_stdlib_context = _create_unverified_context
get_server_certificate = get_default_verify_paths = _refuse
RAND_bytes = RAND_add = _refuse


def RAND_status():
    return False
