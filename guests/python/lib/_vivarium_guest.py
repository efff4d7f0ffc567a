"""Python's half of the guest: what is easier to say in Python.

SPDX-License-Identifier: Apache-2.0
"""

import _vivarium_refuse

_vivarium_refuse.refuse_all()  # before anything that looks for a network

import __future__
import asyncio
import atexit
import builtins
import functools
import importlib
import io
import linecache
import os
import random
import sys
import tempfile
import time
import traceback
import types

import _vivarium
import _vivarium_hash

# What programs usually import, so that an image has it: it costs them nothing
# then, and an image that nobody changes costs nobody anything.
USUAL = """
    abc argparse array ast base64 bisect calendar cmath codecs codeop
    collections collections.abc contextlib contextvars copy csv dataclasses
    datetime decimal difflib enum fnmatch fractions functools glob hashlib heapq
    hmac html inspect io itertools json keyword locale logging math numbers
    operator os os.path pathlib pickle pprint random re reprlib secrets shutil
    signal statistics string struct tempfile textwrap threading time timeit
    tokenize traceback types typing unicodedata urllib.parse uuid warnings
    weakref zlib
"""


# --- starting ---------------------------------------------------------------


class Random(_vivarium.Chance, random.Random):
    """The generator that the module random shares."""

    def seed(self, a=None, version=2):
        self._settle(True)
        super().seed(a, version)

    def getstate(self):
        self._settle(False)
        return super().getstate()

    def setstate(self, state):
        self._settle(True)
        super().setstate(state)


def share_chance():
    """Let the module random share one that is seeded when it is asked."""
    before, random._inst = random._inst, Random()
    for name, value in vars(random).items():
        if getattr(value, "__self__", None) is before:
            setattr(random, name, getattr(random._inst, name))


def prepare():
    """Bring the interpreter to where an image is taken."""
    share_chance()
    _vivarium_hash.install()
    for name in USUAL.split():
        importlib.import_module(name)
    asyncio.EventLoop = asyncio.SelectorEventLoop = Loop
    asyncio.DefaultEventLoopPolicy = Policy
    asyncio.set_event_loop_policy(Policy())
    make_main()
    sys.argv = [""]
    sys.stdout.reconfigure(line_buffering=True)
    describe(warm_up())


def make_main():
    """Where programs run, with nothing in it."""
    main = types.ModuleType("__main__")
    main.__builtins__ = builtins
    sys.modules["__main__"] = main


def warm_up():
    """An exception, with all that describing one needs."""
    try:
        raise ValueError("warm")
    except ValueError as exception:
        return exception


def refresh():
    """Be unlike all others of the same image; and be known to the host."""
    if random._inst.gauss_next is not None:
        random._inst.gauss_next = None
    if tempfile._name_sequence is not None:
        tempfile._name_sequence = None
    if questions:
        ask_again()


def set_arguments(words):
    """The program's name and arguments are these."""
    sys.argv[:] = words


def set_environment(words):
    """The environment is this."""
    for word in words:
        name, _, value = word.partition("=")
        if name:
            os.environ[name] = value


def end_program():
    """What a program wanted to be done at its end."""
    atexit._run_exitfuncs()


# --- exceptions -------------------------------------------------------------


FRAMES = 50  # that are told of, at either end
lines = linecache.cache


def remember_source(name):
    """Let tracebacks and inspect find the source that is run as this file, when
    they look for it; a file that is there goes before."""
    lines[name] = (functools.partial(_vivarium.source, name),)


def show_sources():
    """linecache has no patience with a loader of what no file is named."""
    for name, entry in list(lines.items()):
        if len(entry) == 1 and name.startswith("<"):
            source = _vivarium.source(name)
            if source is not None:
                split = [line + "\n" for line in source.splitlines()]
                lines[name] = (len(source), None, split, name)


def type_name(kind):
    if kind.__module__ in ("builtins", "__main__"):
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def message_of(exception):
    try:
        return str(exception)
    except Exception:
        return "<exception str() failed>"


def ours(frame):
    """Is this how a program was begun, and not the program?"""
    return frame.f_code.co_filename == __file__


def without_ours(tb):
    while tb is not None and ours(tb.tb_frame):
        tb = tb.tb_next
    return tb


def frame_of(frame, line):
    return (clean(frame.f_code.co_filename), line or 0,
            clean(frame.f_code.co_qualname))


def frames_of(tb):
    """Of very many, the outermost and the innermost."""
    walked = list(traceback.walk_tb(tb))
    if len(walked) > 2 * FRAMES:
        walked = walked[:FRAMES] + walked[-FRAMES:]
    return [frame_of(frame, line) for frame, line in walked]


def is_hooked(exception):
    """Has the program's own sys.excepthook said what there is to say?"""
    if sys.excepthook is sys.__excepthook__:
        return False
    sys.excepthook(type(exception), exception, exception.__traceback__)
    return True


def describe(exception, is_program=False):
    """(type, message, traceback, ((file, line, function), ...))"""
    exception.__traceback__ = without_ours(exception.__traceback__)
    frames = frames_of(exception.__traceback__)
    show_sources()
    if isinstance(exception, SyntaxError) and exception.filename:
        show_line(exception)
    text = ""
    if not is_program or not is_hooked(exception):
        text = "".join(traceback.format_exception(exception))
    return (clean(type_name(type(exception))), clean(message_of(exception)),
            clean(text), frames)


def show_line(error):
    """The parser knows the line; the compiler looks for it in a file."""
    if error.text is None and isinstance(error.lineno, int):
        error.text = linecache.getline(error.filename, error.lineno) or None


def clean(text):
    """Text that UTF-8 can write."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def exception_type(name):
    """The type of exception that the host means."""
    module, _, short = name.rpartition(".")
    try:
        found = getattr(sys.modules[module] if module else builtins, short)
    except (KeyError, AttributeError):
        found = None
    if isinstance(found, type) and issubclass(found, Exception):
        return found
    return HostError


class HostError(RuntimeError):
    """A function of the host failed, and the guest has no name for how."""


# --- functions of the host --------------------------------------------------

CHECKED = {"str": str, "int": int, "float": float, "bool": bool, "list": list,
           "bytes": bytes, "dict": dict, "tuple": tuple, "set": set}


def module_named(name):
    """The module of this name, made with its parents if there is none."""
    if name in sys.modules:
        return sys.modules[name]
    module = types.ModuleType(name, "Functions of the host.")
    sys.modules[name] = module
    parent, _, short = name.rpartition(".")
    if parent:
        parent = module_named(parent)
        parent.__path__ = []
        setattr(parent, short, module)
    return module


def signature_of(name, signature):
    """A function of this signature, to look at."""
    code = compile(f"def {name}{signature}: pass", f"<signature of {name}>",
                   "exec", __future__.annotations.compiler_flag)
    space = {}
    exec(code, space)
    return space[name]


def parameters(func):
    code = func.__code__
    if code.co_flags & 0x0C:
        raise ValueError(f"{func.__name__}() cannot take * or ** arguments")
    return code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]


def declare_one(index, module_name, name, signature, doc, is_awaited):
    if not all(map(str.isidentifier, [name, *module_name.split(".")])):
        raise ValueError(f"{module_name}.{name} is no name of a function")
    model = signature_of(name, signature)
    names = parameters(model)
    types = [CHECKED.get(model.__annotations__.get(n)) for n in names]
    checks = (name, tuple(types), names)
    packed = "".join(n + ", " for n in names)
    body = (f"await _start({index}, _pack(_checks, ({packed})))" if is_awaited
            else f"_ask({index}, _checks, ({packed}))")
    code = compile(
        f"{'async ' if is_awaited else ''}def {name}{signature}: return {body}",
        "<host>", "exec", __future__.annotations.compiler_flag)
    space = {"_ask": _vivarium.ask, "_pack": _vivarium.pack, "_start": start,
             "_checks": checks, "__name__": module_name}
    exec(code, space)
    func = space[name]
    func.__doc__ = doc or None
    func.__module__ = module_name
    setattr(module_named(module_name), name, func)


def declare(rows):
    """Make the functions of the host callable."""
    for index, row in enumerate(rows):
        declare_one(index, *row)


# --- waiting ----------------------------------------------------------------

questions = {}  # id: future, index, bytes: what the host was asked
next_id = 1

AGAIN = 0x80000000  # to a host that does not know that it was asked
OPEN_MAX = 60_000  # a host that is asked more at once ends the run
LONG = 1e9  # seconds; longer is for ever


def start(index, packed):
    """Ask the host; a future of its answer."""
    global next_id
    if len(questions) >= OPEN_MAX:
        raise HostError(f"more than {OPEN_MAX} questions to the host at once")
    number = next_id
    next_id += 1
    future = asyncio.get_running_loop().create_future()
    questions[number] = (future, index, packed)
    future.add_done_callback(lambda future: forget(number))
    _vivarium.begin(number, index, packed)
    return future


def forget(number):
    """Nobody waits for the answer any more."""
    if questions.pop(number, None) is not None:
        _vivarium.forget(number)


def ask_again():
    """Ask a host that does not know of it what the last one was asked."""
    for number, (_, index, packed) in list(questions.items()):
        _vivarium.begin(number, index | AGAIN, packed)


def collect():
    """Hand out the answers that there are."""
    while questions and (answer := _vivarium.collect()) is not None:
        number, is_good, value = answer
        future, _, _ = questions.pop(number, (None, None, None))
        if future is None or future.done():
            continue
        if is_good:
            future.set_result(value)
        else:
            future.set_exception(value)


class Selector:
    """Waits for the host, where others wait for sockets."""

    def __init__(self, loop):
        self.loop = loop

    def select(self, timeout):
        if self.loop.may_wait and timeout != 0:
            _vivarium.wait(-1 if timeout is None else int(timeout * 1e9) + 1)
        collect()
        return []

    def close(self):
        pass


class Loop(asyncio.base_events.BaseEventLoop):
    """An event loop whose only events are time and the host's answers."""

    may_wait = True  # with a native stack; False: it returns instead

    def __init__(self, selector=None):
        super().__init__()
        self._selector = Selector(self)  # whatever is given: there are no files

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass

    def close(self):
        if not self.is_closed():
            super().close()
            self._selector.close()

    def idle_ns(self):
        """None: there is something to do; -1: nothing, ever; or until when."""
        if self._ready or self._stopping:
            return None
        if not self._scheduled:
            return -1
        first = self._scheduled[0]
        left = first._when - self.time()
        if first._cancelled or left < self._clock_resolution:
            return None
        return int(left * 1e9) + 1 if left < LONG else -1


class Policy(asyncio.events.BaseDefaultEventLoopPolicy):
    _loop_factory = Loop


session = None  # the loop of top-level awaits
task = None  # the one that matters


def begin(coroutine):
    """Let this be what is done next."""
    global session, task
    if session is None:
        session = Loop()
        session.may_wait = False
    task = session.create_task(coroutine)


def has_task():
    return task is not None


def go_on():
    """Run until the task is done: None; or until all wait: for how many ns."""
    session._run_forever_setup()
    try:
        while True:
            collect()
            if task.done():
                return None
            idle = session.idle_ns()
            if idle is not None:
                return idle
            session._run_once()
    except BaseException:
        give_up()
        raise
    finally:
        session._run_forever_cleanup()


def give_up():
    """Something ended the run, and not only the task."""
    global task
    done, task = task, None
    if not done.done():
        done.cancel()
    elif not done.cancelled():
        done.exception()  # which is known, then


def result():
    """What the task gave; raises what it raised."""
    global task
    done, task = task, None
    return done.result()
