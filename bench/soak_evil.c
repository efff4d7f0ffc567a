/* soak_evil.c - programs in Python that mean harm.
 *
 * Each ends within a limit of its pool, with one of the labels beside it, and
 * nothing of it is seen by whoever has the sandbox next.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "soak.h"

/* Where a second of computing is too long to wait for all of them. */
#define SHORT (SOAK_IN(SOAK_MIXED) | SOAK_IN(SOAK_TIGHT))
#define ALL                                                                    \
    (SHORT | SOAK_IN(SOAK_LONG) | SOAK_IN(SOAK_KEPT) | SOAK_IN(SOAK_RECYCLED))

/* What may return would be kept by those that keep. */
#define FRESH (SHORT | SOAK_IN(SOAK_LONG))

#define SOAK_LATE "spent run-time|spent wall-time"
#define MEMORY    "raised MemoryError"
#define HOST      "raised _vivarium_guest.HostError"

#define SPINS(name, source)                                                    \
    {                                                                          \
        name, SOAK_RUN, SHORT, 1, SOAK_LATE, source, NULL, 0                   \
    }
#define WAITS(name, expected, source)                                          \
    {                                                                          \
        name, SOAK_RUN, SHORT, 1, expected, source, NULL, 0                    \
    }
#define EVIL(name, places, expected, source)                                   \
    {                                                                          \
        name, SOAK_RUN, places, 3, expected, source, NULL, 0                   \
    }

const struct soak_program soak_evil_programs[] = {
    /* Never ends. */
    SPINS("spins", "while True: pass"),
    SPINS("spins in re", "import re; re.match('(a+)+$', 'a' * 50 + 'b')"),
    SPINS("spins in a number", "10**10**8"),
    SPINS("spins in C", "sum(iter(int, 1))"),
    SPINS("spins in a comparison",
          "import functools\n"
          "def less(a, b):\n    while True: pass\n"
          "sorted([3, 1, 2], key=functools.cmp_to_key(less))"),
    SPINS("spins in finally",
          "try:\n    while True: pass\nfinally:\n    while True: pass"),
    SPINS("catches everything", "while True:\n    try:\n"
                                "        while True: pass\n"
                                "    except BaseException: pass"),
    SPINS("catches KeyboardInterrupt",
          "import signal, contextlib\n"
          "while True:\n"
          "    with contextlib.suppress(KeyboardInterrupt, SystemExit):\n"
          "        while True: int('9' * 4000)"),
    SPINS("spins in repr", "class C:\n    def __repr__(s):\n"
                           "        while True: pass\nrepr(C())"),
    SPINS("spins in its exception", "class E(Exception):\n"
                                    "    def __str__(s):\n"
                                    "        while True: pass\nraise E"),
    SPINS("spins in tasks", "import asyncio\n"
                            "async def f():\n"
                            "    while True: await asyncio.sleep(0)\n"
                            "await f()"),
    SPINS("spins in a destructor", "class D:\n    def __del__(s):\n"
                                   "        while True: pass\nD()\n1"),
    SPINS("asks for ever", "import host\nwhile True: host.add(1, 2)"),
    SPINS("has questions for ever",
          "import host\nwhile True:\n"
          "    try: host.complain()\n    except LookupError: pass"),

    /* Memory. */
    EVIL("memory by one", SHORT, MEMORY "|raised OverflowError",
         "'x' * 10**12"),
    EVIL("memory by bytes", SHORT, MEMORY, "bytearray(10**9)"),
    EVIL("memory by list", SHORT, MEMORY "|" SOAK_LATE,
         "x = []\nwhile True: x.append(' ' * 10**6)"),
    EVIL("memory by dict", SHORT, MEMORY "|" SOAK_LATE,
         "x = {}\nwhile True: x[len(x)] = str(len(x)) * 1000"),
    EVIL("memory, and catches it", SHORT, SOAK_LATE,
         "x = []\nwhile True:\n    try:\n"
         "        while True: x.append(bytearray(10**6))\n"
         "    except MemoryError: x.pop()"),
    EVIL("a bomb of tasks", SHORT, MEMORY "|" SOAK_LATE,
         "import asyncio\n"
         "async def f():\n"
         "    asyncio.create_task(f()); asyncio.create_task(f())\n"
         "    await asyncio.sleep(0)\n"
         "await f()\nawait asyncio.sleep(1000)"),
    EVIL("a bomb in zlib", SHORT, MEMORY "|" SOAK_LATE,
         "import zlib\nz = zlib.compress(bytes(10**7))\n"
         "x = []\nwhile True: x.append(zlib.decompress(z))"),

    /* Recursion. */
    EVIL("recursion", ALL, "raised RecursionError", "def f(): return f()\nf()"),
    EVIL("recursion in getattr", ALL, "raised RecursionError",
         "class C:\n    def __getattr__(s, n): return s.x\nC().x"),
    EVIL("recursion in json", ALL, "raised RecursionError",
         "import json; json.loads('[' * 100_000)"),
    EVIL("recursion in repr", ALL, "raised RecursionError",
         "x = []\nfor _ in range(100_000): x = [x]\nrepr(x)"),
    EVIL("recursion in pickle", ALL, "raised RecursionError",
         "import pickle\nx = []\nfor _ in range(10_000): x = [x]\n"
         "pickle.dumps(x)"),
    EVIL("recursion in ast", ALL,
         "raised RecursionError|" MEMORY "|raised SyntaxError",
         "import ast; ast.parse('-' * 50_000 + '1')"),
    EVIL("recursion without a limit", SHORT,
         "trapped: call stack exhausted|trapped: out of bounds memory access|"
         "raised RecursionError|raised SystemError|" MEMORY "|" SOAK_LATE,
         "import sys; sys.setrecursionlimit(10**9)\n"
         "def f(): return f()\nf()"),
    EVIL("recursion that nothing stops", SOAK_IN(SOAK_LONG),
         "trapped: call stack exhausted",
         "x = ()\nfor _ in range(1_000_000): x = (x,)\nhash(x)"),

    /* Output. */
    EVIL("prints for ever", ALL, "spent output",
         "while True: print('x' * 999)"),
    EVIL("writes for ever", ALL, "spent output",
         "import os\nwhile True: os.write(1, b'x' * 1000)"),
    EVIL("prints errors for ever", ALL, "spent output",
         "import sys\nwhile True: sys.stderr.write('x' * 1000)"),
    EVIL("prints, and catches it", ALL, "spent output",
         "while 1:\n try:\n  while 1: print('x' * 999)\n except: 0"),

    /* Exits. */
    EVIL("sys.exit", ALL, "exited 3", "import sys; sys.exit(3)"),
    EVIL("os._exit", ALL, "exited 7", "import os; os._exit(7)"),
    EVIL("os.abort", ALL, "trapped: unreachable|exited 134",
         "import os; os.abort()"),
    EVIL("exits from a task", ALL, "exited 5",
         "import asyncio, sys\nawait asyncio.sleep(0.001)\nsys.exit(5)"),
    EVIL("forks", ALL,
         "raised OSError|raised AttributeError|raised "
         "NotImplementedError|raised RuntimeError",
         "import os; os.fork()"),
    EVIL("a bomb of threads", ALL, "raised RuntimeError",
         "import threading\n"
         "def f():\n"
         "    threading.Thread(target=f).start()\n"
         "    threading.Thread(target=f).start()\n"
         "f()"),
    EVIL("a process", ALL, "raised OSError|raised BlockingIOError",
         "import subprocess; subprocess.run(['/bin/sh', '-c', ':'])"),
    EVIL("a socket", ALL, "raised OSError",
         "import socket; socket.create_connection(('127.0.0.1', 80))"),
    EVIL("reads the host's files", ALL, "raised FileNotFoundError",
         "open('/etc/passwd').read()"),

    /* Waits. */
    WAITS("sleeps for ever", "spent wall-time", "import time; time.sleep(1e9)"),
    WAITS("awaits for ever", "spent wall-time",
          "import asyncio; await asyncio.sleep(1e12)"),
    WAITS("awaits nothing", "spent wall-time",
          "import asyncio; await asyncio.Future()"),
    WAITS("is never answered", "spent wall-time|" HOST,
          "import host; host.owe(5)"),
    WAITS("awaits what is never answered", "spent wall-time|" HOST,
          "import host; await host.await_(5)"),
    EVIL("loses its answer", ALL, HOST, "import host; host.owe(4, 2)"),
    EVIL("is refused", ALL, "raised OSError", "import host; host.owe(3, 2)"),
    EVIL("is told no", ALL, "raised LookupError",
         "import host; host.complain()"),
    EVIL("has a host that fails", ALL, HOST, "import host; host.fail()"),

    /* Huge values, and none. */
    EVIL("returns a huge number", ALL, "returned", "1 << 3_000_000"),
    EVIL("returns what contains itself", ALL, "returned",
         "x = []; x += [x]; x"),
    EVIL("returns a surrogate", ALL, "returned", "'\\ud800'"),
    EVIL("raises a huge message", ALL, "raised ValueError",
         "raise ValueError('x' * 1_000_000)"),
    EVIL("raises what lies", ALL, "raised E",
         "class E(Exception):\n    def __str__(s): raise E\nraise E"),
    EVIL("is no program", ALL, "raised SyntaxError", "if x = 2:\n    pass"),
    EVIL("is full of zeros", ALL, "raised SyntaxError|raised ValueError",
         "x = '\\x00'; exec('a' + x)"),

    /* The door. */
    EVIL("asks what is not", ALL,
         HOST "|raised ValueError|"
              "raised TypeError|raised IndexError|"
              "raised SystemError",
         "import _vivarium; _vivarium.ask(10**6, 1, 2)"),
    EVIL("begins garbage", FRESH,
         "returned|" HOST "|"
         "raised ValueError|trapped: host function failed",
         "import _vivarium; _vivarium.begin(1, 0, b'\\xff' * 100)"),
    EVIL("begins garbage for ever", SHORT,
         SOAK_LATE "|spent waits|spent host-calls|" HOST "|"
                   "trapped: host function failed",
         "import _vivarium\nn = 0\n"
         "while True:\n    n += 1; _vivarium.begin(n, n % 99, b'\\x9f' * n)"),
    EVIL("forgets what is not", FRESH, "returned",
         "import _vivarium\nfor n in range(999): _vivarium.forget(n)"),
    EVIL("breaks its own half", FRESH,
         "raised ValueError|returned|"
         "trapped: host function failed",
         "import _vivarium_guest as g\nfor n in list(vars(g)): delattr(g, n)\n"
         "raise ValueError('v')"),
    {NULL},
};
