# asyncio_groups - task groups: one failure cancels the others.
#
# SPDX-License-Identifier: Apache-2.0
import asyncio
import contextvars

request = contextvars.ContextVar("request", default="none")


async def worker(name, delay, log, fail=None):
    try:
        await asyncio.sleep(delay)
        if fail:
            raise fail
        log.append(f"{name} done")
        return name.upper()
    except asyncio.CancelledError:
        log.append(f"{name} cancelled")
        raise
    finally:
        log.append(f"{name} left")


async def good():
    log = []
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(worker(n, 0.02 * i, log))
            for i, n in enumerate(("ant", "bee", "cat"), 1)
        ]
    print([task.result() for task in tasks], log)


async def bad():
    log = []
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(worker("slow", 5, log))
            group.create_task(worker("v", 0.01, log, ValueError("one")))
            group.create_task(worker("k", 0.01, log, KeyError("two")))
    except* ValueError as group:
        print("values:", [str(e) for e in group.exceptions])
    except* KeyError as group:
        print("keys:", [e.args for e in group.exceptions])
    print(sorted(log))


async def nested():
    log = []
    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(worker("outer", 5, log))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(worker("inner", 0.01, log, OSError("disk")))
    except ExceptionGroup as group:
        print(group.message, len(group.exceptions))
        flat = group.subgroup(OSError)
        while isinstance(flat, BaseExceptionGroup):
            flat = flat.exceptions[0]
        print(repr(flat))
    print(log)


async def handle(name, seen):
    request.set(name)
    await asyncio.sleep(0)
    seen.append((name, request.get()))


async def context():
    seen = []
    request.set("main")
    async with asyncio.TaskGroup() as group:
        for name in ("r1", "r2", "r3"):
            group.create_task(handle(name, seen))
    print(seen, request.get())
    copy = contextvars.copy_context()
    copy.run(request.set, "copied")
    print(request.get(), copy[request])


async def ticker(n):
    for i in range(n):
        yield i
        await asyncio.sleep(0)


async def main():
    for part in (good, bad, nested, context):
        await part()
    print(
        [i * i async for i in ticker(5) if i % 2 == 0],
        {i: chr(97 + i) async for i in ticker(3)},
    )
    loop = asyncio.get_running_loop()
    order, ready = [], loop.create_future()
    loop.call_later(0.02, order.append, "later")
    loop.call_soon(order.append, "soon")
    loop.call_later(0.04, ready.set_result, "set")
    print(await ready, order)


asyncio.run(main())
