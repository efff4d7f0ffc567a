"""What there cannot be in a sandbox: it says so when it is used.

SPDX-License-Identifier: Apache-2.0
"""

import errno

NETWORK = ("there is no network in this sandbox: "
           "ask its host for a function that does what is needed")
THREADS = ("there are no threads in this sandbox: "
           "use asyncio, or run more sandboxes")


def no_network(*args, **kwargs):
    raise OSError(errno.ENOTSUP, NETWORK)


def no_threads(*args, **kwargs):
    raise RuntimeError(THREADS)


def refuse_network():
    """The module _socket has what can be had without a network, and refuses.

    The module socket takes all from it when it is imported: not before this.
    """
    import _socket

    class socket(_socket.socket):
        __module__ = "_socket"
        __qualname__ = "socket"
        __slots__ = ()
        __init__ = no_network

    _socket.socket = _socket.SocketType = socket
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex",
                 "gethostbyaddr", "getnameinfo", "getservbyname",
                 "getservbyport", "getprotobyname", "socketpair"):
        setattr(_socket, name, no_network)
    _socket.gethostname = lambda: "sandbox"
    _socket.gaierror = getattr(_socket, "gaierror", OSError)
    _socket.herror = getattr(_socket, "herror", OSError)


def refuse_threads():
    import _thread

    _thread.start_new_thread = no_threads
    _thread.start_new = no_threads
    _thread.start_joinable_thread = no_threads


def refuse_all():
    refuse_network()
    refuse_threads()
