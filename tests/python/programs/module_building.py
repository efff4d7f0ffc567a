# module_building - modules written, imported, reloaded, made and hooked.
#
# SPDX-License-Identifier: Apache-2.0
import importlib
import importlib.abc
import importlib.util
import runpy
import sys
import tempfile
import types
from pathlib import Path

sys.dont_write_bytecode = True
PLAIN = """'A plain module.'
value = 5
__all__ = ["value", "double"]
def double(n):
    return 2 * n
_hidden = 1
other = 2
"""
LAZY = """
def __getattr__(name):
    if name == "later":
        return "made"
    raise AttributeError(name)
def __dir__():
    return ["later"]
"""
MAIN = """
import sys
print("main of", __package__, sys.argv[1:])
"""
FILES = {
    "plain.py": PLAIN,
    "pack/__init__.py": "__version__ = '1.2'\nfrom . import first\n"
    "name = __name__\n",
    "pack/first.py": "from .deep.second import FAR\nnear = FAR + 1\n",
    "pack/deep/__init__.py": "from .. import __version__ as v\n",
    "pack/deep/second.py": "import plain\nFAR = plain.double(20)\n",
    "pack/__main__.py": MAIN,
    "lazy.py": LAZY,
    "broken.py": "x = 1\ny = = 2\n",
    "fails.py": "before = 1\nraise RuntimeError('while importing')\n",
    "ring_a.py": "import ring_b\nname = 'a'\nother = ring_b.name\n",
    "ring_b.py": "import ring_a\nname = 'b' + str(hasattr(ring_a, 'name'))\n",
    "script.py": "result = [__name__, start + 1]\n",
}

with tempfile.TemporaryDirectory() as folder:
    for name, text in FILES.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    sys.path.insert(0, folder)

    import pack.deep.second
    import plain
    from plain import *

    print(
        value, double(4), "other" in globals(), plain.__doc__, plain.__name__
    )
    print(
        pack.name,
        pack.first.near,
        pack.deep.second.__package__,
        pack.__version__,
        Path(pack.__file__).name,
        plain.__spec__.origin == plain.__file__,
    )
    print(sorted(n for n in sys.modules if n.startswith("pack")))

    lazy = importlib.import_module("lazy")
    print(lazy.later, dir(lazy), getattr(lazy, "never", "no such"))
    import ring_a

    print(ring_a.other, sys.modules["ring_b"].name)
    Path(folder, "plain.py").write_text("value = 'a longer text'\n")
    importlib.invalidate_caches()
    importlib.reload(plain)
    print(plain.value, plain.double(3), value)
    for name in ("broken", "fails", "nowhere", "pack.nothing", "plain.value"):
        try:
            importlib.import_module(name)
        except Exception as error:
            print(name, type(error).__name__, name in sys.modules)
    try:
        from plain import nothing
    except ImportError as error:
        print(error.name, str(error).split(" (")[0])
    print(
        runpy.run_path(str(Path(folder, "script.py")), {"start": 6})["result"]
    )
    sys.argv = ["x", "arg"]
    runpy.run_module("pack", run_name="__main__", alter_sys=True)
    print(
        importlib.util.find_spec("nowhere"),
        importlib.util.find_spec("json").name,
    )
    sys.path.remove(folder)

made = types.ModuleType("made", "By hand.")
exec("def area(r):\n    return 3 * r * r\nPI = 3", made.__dict__)
sys.modules["made"] = made
from made import area

print(area(2), area.__module__, repr(made), made.__doc__)


class Numbers(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports number_17 and the like."""

    def find_spec(self, name, path, target=None):
        if name.startswith("number_"):
            return importlib.util.spec_from_loader(name, self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.n = int(module.__name__.removeprefix("number_"))
        module.square = module.n**2


sys.meta_path.append(Numbers())
import number_17

print(number_17.square, number_17.__loader__.__class__.__name__)
try:
    import number_x
except ValueError:
    print("not a number", "number_x" in sys.modules)
code = compile("a = b + 1\n'last'", "<text>", "exec")
space = {"b": 4}
exec(code, space)
print(space["a"], code.co_names, code.co_consts, eval("[a, b][::-1]", space))
print(__name__, __builtins__.__name__, sys.modules["__main__"].area is area)
