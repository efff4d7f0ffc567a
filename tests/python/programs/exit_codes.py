# exit_codes - ways for a program to end, and what runs before that.
# exit: 3
#
# SPDX-License-Identifier: Apache-2.0
import atexit
import sys


@atexit.register
def last():
    print("registered first, runs last")
    sys.stdout.flush()


@atexit.register
def before_last():
    print("registered second, runs before")


def never():
    print("never seen")


atexit.register(never)
atexit.unregister(never)
atexit.register(print, "with", "arguments", sep="-")


def leave(value):
    try:
        sys.exit(value)
    except SystemExit as end:
        return end.code


print([leave(v) for v in (None, 0, 7, "a sentence", (1, 2), True)])
try:
    exit(9)
except SystemExit as end:
    print("exit() too:", end.code)
try:
    raise SystemExit
except Exception:
    print("not an Exception")
except BaseException as end:
    print(type(end).__mro__[1].__name__, end.code)
try:
    raise KeyboardInterrupt("by hand")
except KeyboardInterrupt as error:
    print("interrupted", error)


class Resource:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        print("open", self.name)
        return self

    def __exit__(self, kind, error, trace):
        print("close", self.name, kind.__name__, error.code)


def work():
    with Resource("outer"), Resource("inner"):
        for n in range(10):
            try:
                if n == 3:
                    sys.exit(n)
                print("step", n)
            finally:
                print("after", n)


print(sys.argv[1:], __name__, sys.flags.optimize)
print("to stderr", file=sys.stderr)
work()
