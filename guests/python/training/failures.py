# failures - errors raised, caught, chained, and cleaned up after.
#
# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import traceback

ROUNDS = 260


class Failure(Exception):
    def __init__(self, message, code=None):
        super().__init__(message)
        self.code = code


class Retry(Failure):
    pass


class Connection:
    opened = 0

    def __init__(self, n):
        self.n, self.closed = n, False

    def __enter__(self):
        Connection.opened += 1
        return self

    def __exit__(self, kind, error, trace):
        Connection.opened -= 1
        self.closed = True
        return kind is Retry

    def query(self, k):
        if k % 7 == 0:
            raise Retry(f"busy {k}")
        if k % 11 == 0:
            raise Failure("refused", code=k)
        return [k, self.n][k % 5]


@contextlib.contextmanager
def restored(state, **changes):
    before = state.copy()
    state.update(changes)
    try:
        yield state
    finally:
        state.clear()
        state.update(before)


def deep(n, k):
    if n == 0:
        return k.missing if k % 2 else {}[k]
    try:
        return deep(n - 1, k)
    finally:
        k += 1


def convert(text):
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError as error:
            raise Failure(f"not a number: {text}") from error


def first(*attempts):
    for attempt in attempts:
        with contextlib.suppress(LookupError, TypeError):
            return attempt()
    return None


def run():
    total, state = 0, {"depth": 0}
    for n in range(ROUNDS):
        for k in range(12):
            try:
                with Connection(n) as connection, restored(state, depth=k):
                    total += connection.query(k + n) + state["depth"]
            except IndexError:
                total += 1
            except Failure as error:
                total += error.code
            else:
                total += connection.closed
            finally:
                total += Connection.opened
        for text in ("12", "1.5", "x1", ""):
            try:
                total += int(convert(text))
            except Failure as error:
                total += len(str(error)) + len(str(error.__cause__)[:9])
        try:
            deep(9, n)
        except (AttributeError, KeyError) as error:
            if n % 8 == 0:
                out = io.StringIO()
                traceback.print_exception(error, file=out)
                total += out.getvalue().count("in deep")
            total += len(traceback.extract_tb(error.__traceback__))
        total += (
            first(lambda: [][0], lambda: {}["k"], lambda: len(5), lambda: n)
            or 0
        )
        try:
            raise ExceptionGroup(
                "both", [ValueError(n), KeyError(n), OSError(n)]
            )
        except* ValueError as group:
            total += group.exceptions[0].args[0] & 3
        except* (KeyError, OSError) as group:
            total += len(group.exceptions)
        with contextlib.ExitStack() as stack:
            for k in range(3):
                stack.enter_context(Connection(k))
            stack.callback(state.setdefault, "calls", n)
        total += Connection.opened + len(state)
    return total
