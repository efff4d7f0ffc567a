# streams - generators, iterators, coroutines and tasks in turn.
#
# SPDX-License-Identifier: Apache-2.0
import asyncio
from collections import deque
from contextlib import asynccontextmanager
from itertools import count, islice, takewhile, tee

ROUNDS = 20


class Countdown:
    def __init__(self, start):
        self.now = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.now <= 0:
            raise StopIteration
        self.now -= 1
        return self.now


def lines(text):
    for number, line in enumerate(text.split("\n")):
        if line:
            yield number, line


def chunked(items, size):
    items = iter(items)
    while chunk := list(islice(items, size)):
        yield chunk


def primes():
    found = {}
    for n in count(2):
        factor = found.pop(n, None)
        if factor is None:
            yield n
            found[n * n] = n
        else:
            step = n + factor
            while step in found:
                step += factor
            found[step] = factor


def running_mean():
    total, n, value = 0, 0, 0.0
    while True:
        value = yield value
        total, n = total + value, n + 1
        value = total / n


def interleave(*sources):
    queue = deque(map(iter, sources))
    while queue:
        source = queue.popleft()
        try:
            yield next(source)
        except StopIteration:
            continue
        queue.append(source)


def nested(depth):
    if depth:
        yield from nested(depth - 1)
        got = yield depth
        if got:
            yield from range(got)


@asynccontextmanager
async def slot(gate, log):
    async with gate:
        log.append("in")
        try:
            yield len(log)
        finally:
            log.append("out")


async def visit(n, gate, log):
    async with slot(gate, log) as place:
        await asyncio.sleep(0)
        if n % 9 == 0:
            raise ValueError(n)
        return place + n


async def ticks(n):
    for k in range(n):
        await asyncio.sleep(0)
        yield k


async def main(n):
    gate, log = asyncio.Semaphore(4), []
    results = await asyncio.gather(
        *(visit(k + n, gate, log) for k in range(40)), return_exceptions=True
    )
    good = sum(r for r in results if isinstance(r, int))
    event, late = asyncio.Event(), []

    async def waiter():
        await event.wait()
        late.append(n)

    task = asyncio.create_task(waiter())
    other = asyncio.create_task(asyncio.Event().wait())
    await asyncio.sleep(0)
    event.set()
    await task
    other.cancel()
    try:
        await other
    except asyncio.CancelledError:
        late.append(1)
    try:
        await asyncio.wait_for(asyncio.shield(asyncio.sleep(0, 7)), 5)
    except TimeoutError:
        late.append(2)
    return good + sum(late) + len(log) + sum([k async for k in ticks(60)])


def run():
    total = 0
    for n in range(ROUNDS):
        total += sum(Countdown(150)) + sum(
            len(c) for c in chunked(range(200), 7)
        )
        total += list(takewhile(lambda p: p < 1200, primes()))[-1]
        mean = running_mean()
        next(mean)
        total += int([mean.send(k * n) for k in range(200)][-1])
        total += sum(
            k * v for k, v in enumerate(interleave(range(90), "", range(40)))
        )
        generator = nested(12)
        total += next(generator) + generator.send(5) + sum(generator)
        a, b = tee(k * k for k in range(120) if k % 3)
        total += (
            sum(a)
            - max(b)
            + sum(len(x) for _, x in lines("one\ntwo\n\nthree" * 8))
        )
        generator = nested(3)
        next(generator)
        generator.close()
        total += asyncio.run(main(n))
    return total
