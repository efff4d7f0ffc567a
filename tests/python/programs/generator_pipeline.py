# generator_pipeline - lines through a chain of generators, and coroutines.
#
# SPDX-License-Identifier: Apache-2.0
from itertools import islice


def numbers():
    n = 0
    while True:
        jump = yield n
        n = n + 1 if jump is None else jump


def collatz(n):
    while n != 1:
        yield n
        n = n // 2 if n % 2 == 0 else 3 * n + 1
    yield 1


def flatten(tree):
    for branch in tree:
        if isinstance(branch, (list, tuple)):
            yield from flatten(branch)
        else:
            yield branch


def averager():
    total = count = 0
    while True:
        value = yield total / count if count else None
        if value is None:
            return count, total
        total += value
        count += 1


def delegate(results):
    while True:
        results.append((yield from averager()))


def careful(log):
    try:
        yield "first"
        yield "second"
    except ValueError as error:
        log.append(f"caught {error}")
        yield "mended"
    finally:
        log.append("closed")


source = numbers()
print([next(source) for _ in range(3)], source.send(10), next(source))
print(list(collatz(27))[:12], max(collatz(27)), sum(1 for _ in collatz(27)))
print(list(flatten([1, [2, (3, [4, [5]]), []], 6])))

results = []
chain = delegate(results)
next(chain)
for value in (10, 20, None, 1, 2, 3, None):
    print(value, "->", chain.send(value))
print(results)

log = []
gen = careful(log)
print(next(gen), gen.throw(ValueError("spill")), list(gen), log)
gen = careful(log)
next(gen)
gen.close()
print(log, list(gen))

evens = (n for n in numbers() if n % 2 == 0)
squares = (n * n for n in evens)
print(list(islice((s for s in squares if s % 3 == 1), 6)))


def stops():
    yield 1
    return "the value"


gen = stops()
next(gen)
try:
    next(gen)
except StopIteration as stop:
    print("returned", stop.value)


def broken():
    raise StopIteration("inside")
    yield


try:
    next(broken())
except RuntimeError as error:
    print("RuntimeError:", error, "<-", repr(error.__cause__))
