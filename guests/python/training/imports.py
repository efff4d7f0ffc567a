# imports - modules of the library imported afresh, and introspected.
#
# SPDX-License-Identifier: Apache-2.0
import importlib
import inspect
import sys
import types

ROUNDS = 4
NAMES = (
    "string",
    "textwrap",
    "fractions",
    "statistics",
    "difflib",
    "calendar",
    "configparser",
    "csv",
    "queue",
    "graphlib",
    "colorsys",
    "fnmatch",
    "html",
    "html.entities",
    "shlex",
    "pprint",
    "contextlib",
    "dataclasses",
)


def fresh(names):
    """Without the old ones, but these come back in the end."""
    before = {
        name: sys.modules.pop(name) for name in names if name in sys.modules
    }
    try:
        return [importlib.import_module(name) for name in names]
    finally:
        sys.modules.update(before)


def describe(module):
    functions = classes = 0
    for name, value in sorted(vars(module).items()):
        if isinstance(value, types.FunctionType):
            functions += len(inspect.signature(value).parameters)
        elif inspect.isclass(value):
            classes += len(value.__mro__)
        elif callable(value):
            getattr(value, "__doc__", None)
    return functions, classes


def run():
    total = 0
    for _ in range(ROUNDS):
        for module in fresh(NAMES):
            functions, classes = describe(module)
            total += functions > 0
            total += classes > 0
            total += module.__name__ in sys.modules
        for name in ("no_such_module", "string.nothing"):
            try:
                importlib.import_module(name)
            except ImportError as error:
                total += len(error.name)
        made = types.ModuleType("made")
        exec(
            "import math as m\nfrom json import dumps\n"
            "def f(): return m.pi",
            made.__dict__,
        )
        total += int(made.f())
    return total
