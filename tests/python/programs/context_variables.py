# context_variables - values that follow the flow of a program.
#
# SPDX-License-Identifier: Apache-2.0
import asyncio
import contextvars
from contextlib import contextmanager
from types import MappingProxyType, SimpleNamespace

user = contextvars.ContextVar("user")
depth = contextvars.ContextVar("depth", default=0)


@contextmanager
def nested(name):
    tokens = user.set(name), depth.set(depth.get() + 1)
    try:
        yield depth.get()
    finally:
        user.reset(tokens[0])
        depth.reset(tokens[1])


def state():
    return f"{user.get('nobody')}@{depth.get()}"


print(state())
with nested("ann") as level:
    print(level, state())
    with nested("bob"):
        print(state())
        snapshot = contextvars.copy_context()
    print(state())
print(state(), snapshot.run(state), len(snapshot), snapshot[user])
snapshot.run(user.set, "changed within")
print(snapshot.run(state), state(), depth in contextvars.copy_context())
try:
    user.get()
except LookupError as error:
    print("LookupError", error.args[0] is user)
token = depth.set(5)
print(token.var is depth, token.old_value is contextvars.Token.MISSING)
depth.reset(token)
for again in (
    lambda: depth.reset(token),
    lambda: user.reset(token),
    lambda: snapshot.run(snapshot.run, state),
):
    try:
        again()
    except (RuntimeError, ValueError) as error:
        print(type(error).__name__)


async def request(name, seen):
    with nested(name):
        await asyncio.sleep(0)
        await helper(name, seen)
    seen.append((name, state()))


async def helper(name, seen):
    await asyncio.sleep(0)
    seen.append((name, state()))


async def main():
    seen = []
    await asyncio.gather(*(request(n, seen) for n in ("r1", "r2", "r3")))
    print(sorted(seen))
    with nested("outer"):
        task = asyncio.create_task(request("task", seen))
    print(state(), await task, seen[-2:])
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    context = contextvars.copy_context()
    context.run(user.set, "callback")

    def callback():
        seen.append(state())
        done.set()

    loop.call_soon(callback, context=context)
    await done.wait()
    print(seen[-1], state())


asyncio.run(main())


def generator():
    for _ in range(2):
        yield state()


with nested("made here"):
    values = generator()
    print(next(values))
print(next(values))
settings = SimpleNamespace(colour="red", size=3)
view = MappingProxyType(vars(settings))
settings.size += 1
print(settings, dict(view), view.get("none"))
try:
    view["size"] = 5
except TypeError as error:
    print(error)
