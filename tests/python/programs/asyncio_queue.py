# asyncio_queue - producers and consumers with queues, locks and events.
#
# SPDX-License-Identifier: Apache-2.0
import asyncio


async def producer(queue, name, count):
    for n in range(count):
        await queue.put((n, f"{name}{n}"))
        await asyncio.sleep(0)


async def consumer(queue, seen, name):
    while True:
        _, item = await queue.get()
        seen.append((name, item))
        queue.task_done()
        await asyncio.sleep(0)


async def factory():
    queue, seen = asyncio.Queue(maxsize=2), []
    workers = [asyncio.create_task(consumer(queue, seen, w)) for w in "xy"]
    await asyncio.gather(*(producer(queue, p, 4) for p in "abc"))
    await queue.join()
    for worker in workers:
        worker.cancel()
    ends = await asyncio.gather(*workers, return_exceptions=True)
    print(len(seen), sorted(item for _, item in seen))
    print([type(end).__name__ for end in ends], queue.empty(), queue.maxsize)


async def priorities():
    queue = asyncio.PriorityQueue()
    for entry in ((3, "low"), (1, "high"), (2, "middle"), (1, "also high")):
        queue.put_nowait(entry)
    print([queue.get_nowait()[1] for _ in range(queue.qsize())])
    stack = asyncio.LifoQueue()
    for n in range(3):
        stack.put_nowait(n)
    print([stack.get_nowait() for _ in range(3)])
    try:
        stack.get_nowait()
    except asyncio.QueueEmpty:
        print("empty")


async def locks():
    lock, gate, log = asyncio.Lock(), asyncio.Semaphore(2), []
    inside = most = 0

    async def critical(n):
        nonlocal inside, most
        async with gate:
            inside += 1
            most = max(most, inside)
            async with lock:
                log.append(f"in{n}")
                await asyncio.sleep(0)
                log.append(f"out{n}")
            inside -= 1

    await asyncio.gather(*(critical(n) for n in range(4)))
    print(most, log)


async def signals():
    start, heard = asyncio.Event(), []
    turn = asyncio.Condition()
    state = 0

    async def runner(n):
        nonlocal state
        await start.wait()
        async with turn:
            await turn.wait_for(lambda: state == n)
            heard.append(n)
            state += 1
            turn.notify_all()

    tasks = [asyncio.create_task(runner(n)) for n in (3, 1, 0, 2)]
    await asyncio.sleep(0)
    start.set()
    await asyncio.gather(*tasks)
    print(heard, start.is_set())


async def main():
    await factory()
    await priorities()
    await locks()
    await signals()


asyncio.run(main())
