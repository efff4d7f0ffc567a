# warning_filters - warnings shown, recorded, filtered, and raised.
#
# SPDX-License-Identifier: Apache-2.0
import sys
import warnings


class Stale(UserWarning):
    pass


def show(message, category, filename, lineno, file=None, line=None):
    print(f"{category.__name__}: {message}")


warnings.showwarning = show
warnings.simplefilter("default")


def old_name(n):
    warnings.warn(
        "old_name is old, use new_name", DeprecationWarning, stacklevel=2
    )
    return n + 1


for n in range(3):
    old_name(n)
old_name(7)
warnings.simplefilter("always")
for n in range(2):
    old_name(n)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("one")
    warnings.warn(Stale("two days old"))
    old_name(1)
print([(w.category.__name__, str(w.message)) for w in caught])

with warnings.catch_warnings():
    warnings.filterwarnings("error", message=".*days", category=Stale)
    warnings.filterwarnings("ignore", message="quiet")
    warnings.warn("quiet please")
    warnings.warn(Stale("three hours old"))
    try:
        warnings.warn(Stale("four days old"))
    except Stale as stale:
        print("raised", stale)

with warnings.catch_warnings():
    warnings.resetwarnings()
    warnings.simplefilter("once")
    for n in range(4):
        warnings.warn("said once")

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    compile("x is 5", "<text>", "exec")
    compile("assert (1, 'always true')", "<text>", "exec")
    compile(r"'\d'", "<text>", "exec")
print(
    len(caught),
    {issubclass(w.category, Warning) for w in caught},
    [w.lineno for w in caught],
)


class Base:
    def __init_subclass__(cls, **options):
        if not options.get("quiet"):
            warnings.warn(f"{cls.__name__} is not quiet", FutureWarning, 2)


class Loud(Base):
    pass


class Quiet(Base, quiet=True):
    pass


text = warnings.formatwarning("text", UserWarning, "file.py", 12, "the line")
print(text, end="")
print(
    issubclass(FutureWarning, Warning),
    len(sys.warnoptions),
    sorted(c.__name__ for c in Warning.__subclasses__())[:3],
)
