# coroutine_machines - pipes of generators, a kernel of tasks, awaitables.
#
# SPDX-License-Identifier: Apache-2.0
from collections import deque
from functools import wraps
from types import coroutine


def primed(function):
    @wraps(function)
    def start(*args):
        gen = function(*args)
        next(gen)
        return gen

    return start


@primed
def broadcast(*targets):
    try:
        while True:
            item = yield
            for target in targets:
                target.send(item)
    except GeneratorExit:
        for target in targets:
            target.close()


@primed
def matching(word, target):
    while True:
        line = yield
        if word in line:
            target.send(line.upper())


@primed
def collect(name, into):
    lines = []
    try:
        while True:
            lines.append((yield))
    finally:
        into[name] = lines


found = {}
pipe = broadcast(
    matching("a", collect("a", found)),
    collect("all", found),
    matching("ee", matching("T", collect("both", found))),
)
for line in ("tree", "bark", "sheet", "a street", "roof"):
    pipe.send(line)
pipe.close()
print(sorted(found.items()))


class Kernel:
    """Runs tasks that yield what they want: sleep, send, or receive."""

    def __init__(self, **tasks):
        self.tasks = tasks
        self.mail = {name: deque() for name in tasks}
        self.wishes = dict.fromkeys(tasks, ("sleep", 0))
        self.time, self.log = 0, []

    def answer(self, name):
        """Whether the task may go on, and with what."""
        match self.wishes[name]:
            case ("sleep", until):
                return until <= self.time, None
            case ("receive",):
                box = self.mail[name]
                return bool(box), box.popleft() if box else None

    def advance(self, name, value):
        try:
            wish = self.tasks[name].send(value)
            while wish[0] == "send":
                self.mail[wish[1]].append(wish[2])
                wish = next(self.tasks[name])
        except StopIteration as end:
            self.log.append((self.time, name, end.value))
            del self.tasks[name]
            return
        if wish[0] == "sleep":
            wish = "sleep", self.time + wish[1]
        self.wishes[name] = wish

    def run(self):
        while self.tasks and self.time < 100:
            for name in list(self.tasks):
                may, value = self.answer(name)
                if may:
                    self.advance(name, value)
            self.time += 1
        return self.log, sorted(self.tasks)


def producer(n):
    for i in range(n):
        yield "sleep", 3
        yield "send", "consumer", i * i
    yield "send", "consumer", None
    return f"made {n}"


def consumer():
    got = []
    while (item := (yield ("receive",))) is not None:
        got.append(item)
    return got


def stuck():
    yield from consumer()


print(
    *Kernel(
        producer=producer(4),
        consumer=consumer(),
        stuck=stuck(),
        sleeper=(("sleep", n) for n in (2, 5, 1)),
    ).run(),
    sep="\n",
)


@coroutine
def ask(question):
    return (yield question)


async def dialogue():
    name = await ask("name?")
    try:
        age = int(await ask(f"age of {name}?"))
    except ValueError:
        age = int(await ask("once more?"))
    return f"{name} is {age}"


def talk(answers):
    conversation, said = dialogue(), []
    said.append(conversation.send(None))
    for answer in answers:
        try:
            said.append(conversation.send(answer))
        except StopIteration as end:
            return said, end.value
    conversation.close()
    return said, "unfinished"


print(talk(["Ann", "30"]), talk(["Bob", "x", "41"]), talk(["Cyd"]), sep="\n")


class Awaitable:
    def __await__(self):
        first = yield "one"
        second = yield "two"
        return first + second


class Manager:
    async def __aenter__(self):
        return await ask("enter")

    async def __aexit__(self, *error):
        await ask("exit")


async def outer():
    async with Manager() as m:
        return m, await Awaitable()


task, seen = outer(), []
try:
    value = None
    while True:
        seen.append(task.send(value))
        value = len(seen)
except StopIteration as end:
    print(seen, end.value)
