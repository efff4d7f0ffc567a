#!/usr/bin/env python3
"""train - run the programs that profiles are trained with.

    train.py [ROUNDS]

Runs every program of this folder so many times (16 if not said) in one
process, and prints what each returned: `name<TAB>value`.  None of them is
measured anywhere: what is trained for must not be what is measured.

SPDX-License-Identifier: Apache-2.0
"""
import os
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))


def load(name):
    with open(os.path.join(HERE, name + ".py"), encoding="utf-8") as file:
        code = compile(file.read(), name + ".py", "exec")
    module = sys.modules[name] = types.ModuleType(name)
    exec(code, module.__dict__)
    return module


def main(words):
    rounds = int(words[0]) if words else 16
    names = sorted(
        name[:-3] for name in os.listdir(HERE) if name[-3:] == ".py"
    )
    modules = [load(name) for name in names if name != "train"]
    values = {}
    for _ in range(rounds):
        for module in modules:
            value = repr(module.run())
            if values.setdefault(module.__name__, value) != value:
                raise ValueError(f"{module.__name__}: {value}")
    for name, value in values.items():
        print(f"{name}\t{value}")


if __name__ == "__main__":
    main(sys.argv[1:])
