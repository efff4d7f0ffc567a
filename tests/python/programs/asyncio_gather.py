# asyncio_gather - tasks side by side: order, results, failures, timeouts.
#
# SPDX-License-Identifier: Apache-2.0
import asyncio


async def fetch(name, delay, fail=False):
    await asyncio.sleep(delay)
    if fail:
        raise ConnectionError(f"{name} is gone")
    return f"{name} after {delay:.2f}"


async def together():
    results = await asyncio.gather(
        fetch("slow", 0.06), fetch("quick", 0.01), fetch("middling", 0.03)
    )
    print(results)
    mixed = await asyncio.gather(
        fetch("good", 0.01),
        fetch("bad", 0.02, fail=True),
        return_exceptions=True,
    )
    print([repr(m) for m in mixed])


async def first_come():
    tasks = [
        asyncio.create_task(fetch(f"t{n}", 0.08 - 0.02 * n), name=f"t{n}")
        for n in range(4)
    ]
    for task in asyncio.as_completed(tasks):
        print("done:", await task)
    print([task.get_name() for task in tasks], all(t.done() for t in tasks))


async def waits():
    tasks = {
        asyncio.create_task(fetch("a", 0.01)),
        asyncio.create_task(fetch("b", 0.3)),
    }
    done, pending = await asyncio.wait(
        tasks, return_when=asyncio.FIRST_COMPLETED
    )
    print(len(done), done.pop().result(), len(pending))
    late = pending.pop()
    late.cancel()
    try:
        await late
    except asyncio.CancelledError:
        print("cancelled:", late.cancelled())


async def timeouts():
    try:
        await asyncio.wait_for(fetch("never", 5), timeout=0.02)
    except asyncio.TimeoutError:
        print("too late")
    try:
        async with asyncio.timeout(0.02):
            try:
                await asyncio.sleep(5)
            finally:
                print("cleaned up")
    except TimeoutError:
        print("too late again")
    async with asyncio.timeout(5) as limit:
        print(await fetch("in time", 0.01), limit.expired())


async def shielded():
    inner = asyncio.create_task(fetch("inner", 0.04))
    try:
        await asyncio.wait_for(asyncio.shield(inner), 0.01)
    except TimeoutError:
        print("outer gave up;", await inner)


async def main():
    for part in (together, first_come, waits, timeouts, shielded):
        print("--", part.__name__)
        await part()
    return "finished"


print(asyncio.run(main()))
