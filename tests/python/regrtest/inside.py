"""inside.py - run one module of CPython's tests, in the sandbox.

    inside.py MODULE [WORD...]

MODULE is a name such as test_json.  A WORD that begins with "test." is a
pattern: tests whose id matches are left out.  The others lift what keeps the
whole module from running, though few of its tests need it (see lifted.txt).
Says on standard error which test it begins, so that it is known where a
run ended that did not end well, and prints as its last line MARK and, in JSON,
what came of it:
    state    "ran"; "skipped", with `why`; or "broken", with `why`
    passed, skipped, left_out   how many test functions
    skips    {reason: how many}
    bad      [[id, what it raised in one line, traceback], ...]

SPDX-License-Identifier: Apache-2.0
"""
import builtins
import fnmatch
import importlib.machinery
import importlib.util
import json
import os
import sys
import traceback
import types
import unittest

MARK = "\x1eregrtest "
TESTS = "/cpython/Lib/test"  # where the caller mounts it
FOLDER = "/scratch"  # not /tmp: what is mounted has nothing above


# --- before a module is imported ----------------------------------------------


def find_tests():
    """Let there be a package test, without its folder among sys.path."""
    spec = importlib.util.spec_from_file_location(
        "test", f"{TESTS}/__init__.py", submodule_search_locations=[TESTS])
    sys.modules["test"] = importlib.util.module_from_spec(spec)


def clean_main():
    """Let there be a main program without any names of ours."""
    main = types.ModuleType("__main__")
    main.__builtins__ = builtins
    main.__spec__ = importlib.machinery.ModuleSpec("__main__", None)
    sys.modules["__main__"] = main


class Absent:
    """What a module of C that was not built would have had."""

    is_loading = True  # not yet in a test: what would be skipped is all of it

    def __init__(self, name):
        self.name = name

    def __call__(self, *args, **kwargs):
        if Absent.is_loading:
            return self
        raise unittest.SkipTest(f"needs {self.name}")


def stand_in(name):
    """A module of C that was not built: whatever uses it is skipped."""
    module = types.ModuleType(name)
    module.__getattr__ = lambda attribute: Absent(name)
    sys.modules[name] = module


def lift(word):
    from test import support
    from test.support import socket_helper

    if word == "subprocess":
        support.has_subprocess_support = True
    elif word == "socket":
        support.has_socket_support = True
    elif word == "hostname":
        socket_helper.has_gethostname = True
    else:
        stand_in(word)
        support.has_no_debug_ranges = lambda: False  # asks such a module


# --- running it ---------------------------------------------------------------


class Result(unittest.TestResult):
    """Counts test functions, not subtests."""

    def __init__(self):
        super().__init__()
        self.passed = set()
        self.skips = {}
        self.bad = {}

    def startTest(self, test):
        super().startTest(test)
        os.write(2, f"begin {test.id()}\n".encode())

    def addSuccess(self, test):
        self.passed.add(test.id())

    def addExpectedFailure(self, test, err):
        self.passed.add(test.id())

    def addUnexpectedSuccess(self, test):
        self.bad.setdefault(test.id(), ("unexpected success", ""))

    def addSkip(self, test, reason):
        test = getattr(test, "test_case", test)
        self.skips[test.id()] = reason

    def addError(self, test, err):
        last = traceback.format_exception_only(err[0], err[1])
        lines = "".join(last).strip().splitlines()
        text = "".join(traceback.format_exception(*err))
        why = next((line for line in lines if line[:1].strip()), "")
        self.bad.setdefault(test.id(), (why, text[-4000:]))

    addFailure = addError

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.addError(test, err)


def without(suite, patterns):
    """Take the tests that match out of the suite; how many there were."""
    kept, left_out = [], 0
    for test in suite._tests:
        if isinstance(test, unittest.TestSuite):
            left_out += without(test, patterns)
        elif any(fnmatch.fnmatchcase(test.id(), p) for p in patterns):
            left_out += 1
            continue
        kept.append(test)
    suite._tests = kept
    return left_out


def load(name):
    """The suite of the module, which says itself what belongs to it."""
    loader = unittest.TestLoader()
    module = importlib.import_module(f"test.{name}")
    suite = loader.loadTestsFromModule(module)
    if loader.errors:
        raise ImportError(loader.errors[0].strip().splitlines()[-1])
    return suite


def run(name, patterns):
    try:
        suite = load(name)
    except unittest.SkipTest as skip:
        return {"state": "skipped", "why": str(skip)}
    except Exception as error:
        text = traceback.format_exc()
        why = f"{type(error).__name__}: {error}"
        return {"state": "broken", "why": why, "text": text}
    Absent.is_loading = False
    left_out = without(suite, patterns)
    result = Result()
    suite.run(result)
    reasons = {}
    for reason in result.skips.values():
        reasons[reason] = reasons.get(reason, 0) + 1
    passed = result.passed - set(result.bad)
    return {
        "state": "ran",
        "passed": len(passed),
        "skipped": len(result.skips),
        "left_out": left_out,
        "skips": reasons,
        "bad": [[key, *value] for key, value in result.bad.items()],
    }


def say(words):
    data = (MARK + json.dumps(words) + "\n").encode()
    while data:
        data = data[os.write(1, data):]


def main():
    name, *words = sys.argv[1:]
    os.mkdir(FOLDER)
    os.chdir(FOLDER)
    sys.argv[:] = [f"{TESTS}/{name}.py"]
    clean_main()
    find_tests()
    from test import support
    from test.libregrtest.setup import setup_process

    setup_process()
    support.use_resources = []
    for word in words:
        if not word.startswith("test."):
            lift(word)
    result = run(name, [word for word in words if word.startswith("test.")])
    sys.stdout.flush()
    say(result)
    os._exit(0)


main()
