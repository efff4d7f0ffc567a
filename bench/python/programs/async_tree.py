# async_tree - a tree of tasks that wait for their children, and a queue.
#
# SPDX-License-Identifier: Apache-2.0
import asyncio

DEPTH, BRANCHES = 5, 6
ITEMS = 20_000


async def leaf(n):
    await asyncio.sleep(0)
    return n * n % 11


async def branch(depth, n):
    if depth == 0:
        return await leaf(n)
    children = (branch(depth - 1, n * BRANCHES + i) for i in range(BRANCHES))
    return sum(await asyncio.gather(*children)) % 1_000_003


async def grouped(depth, n):
    if depth == 0:
        return await leaf(n)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(grouped(depth - 1, n + i)) for i in range(5)
        ]
    return sum(task.result() for task in tasks)


async def producer(queue):
    for n in range(ITEMS):
        await queue.put(n)
    await queue.put(None)


async def consumer(queue, lock):
    total = 0
    while (item := await queue.get()) is not None:
        async with lock:
            total = (total * 3 + item) % 1_000_003
    return total


async def stream(n):
    for i in range(n):
        if i % 16 == 0:
            await asyncio.sleep(0)
        yield i


async def main():
    tree = await branch(DEPTH, 1)
    group = await grouped(5, 1)
    queue, lock = asyncio.Queue(8), asyncio.Lock()
    _, piped = await asyncio.gather(producer(queue), consumer(queue, lock))
    streamed = 0
    async for i in stream(60_000):
        streamed += i & 7
    return tree, group, piped, streamed


def run():
    return asyncio.run(main())
