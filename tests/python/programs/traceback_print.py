# traceback_print - tracebacks as programs print and take them apart.
# exit: 1
#
# SPDX-License-Identifier: Apache-2.0
import io
import linecache
import sys
import traceback


def outer(n):
    return inner(n, [1, 2])


def inner(n, items):
    if n > 2:
        return items[n]
    return outer(n + 1)


class Account:
    def withdraw(self, amount):
        try:
            return self.balance - amount
        except AttributeError as error:
            raise ValueError("no such account") from error


def plain(text):
    """Without the folder of this file and the lines of carets."""
    lines = text.replace(__file__, "program").splitlines()
    return [line for line in lines if line.strip(" ^~")]


try:
    outer(0)
except IndexError:
    out = io.StringIO()
    traceback.print_exc(file=out)
    print(*plain(out.getvalue()), sep="\n")

try:
    Account().withdraw(5)
except ValueError as error:
    print(*plain("".join(traceback.format_exception(error))), sep="\n")
    summary = traceback.TracebackException.from_exception(error)
    print(
        summary.exc_type.__name__, str(summary), summary.__cause__ is not None
    )
    for frame in traceback.extract_tb(error.__traceback__):
        print(frame.name, frame.line)
    print(traceback.format_exception_only(error))

try:
    exec(compile("def f():\n    return undefined\nf()", "<made>", "exec"))
except NameError as error:
    frames = traceback.extract_tb(error.__traceback__)
    print([(f.filename, f.lineno, f.name) for f in frames[1:]], error.name)

source = "def g(x):\n    return 1 / x\n"
linecache.cache["<cached>"] = (
    len(source),
    None,
    source.splitlines(True),
    "<cached>",
)
made = {}
exec(compile(source, "<cached>", "exec"), made)
try:
    made["g"](0)
except ZeroDivisionError as error:
    print(
        *plain("".join(traceback.format_tb(error.__traceback__)))[2:], sep="\n"
    )
    tb = error.__traceback__
    while tb.tb_next:
        tb = tb.tb_next
    print(tb.tb_frame.f_code.co_name, tb.tb_lineno, tb.tb_frame.f_locals)

try:
    raise ExceptionGroup("two", [KeyError("a"), OSError(2, "b")])
except ExceptionGroup as group:
    print(*plain(traceback.format_exc()), sep="\n")
try:
    eval("1 +* 2")
except SyntaxError as error:
    print(error.msg, error.filename, error.text, error.offset)


def repeat(n):
    return repeat(n + 1)


try:
    repeat(0)
except RecursionError as error:
    lines = "".join(traceback.format_exception(error)).splitlines()
    print(
        [
            line.strip().split(" more ")[0].rstrip("0123456789")
            for line in lines
            if "repeated" in line
        ]
    )


def hook(kind, error, trace):
    print("hook:", kind.__name__, error, traceback.extract_tb(trace)[-1].name)


sys.excepthook = hook
outer(1)
