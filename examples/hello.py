"""hello.py - the shortest guest in Python.

    ./run examples/hello.py
    viv run examples/hello.py

It has the library of Python, a /tmp of its own, and nothing else.

SPDX-License-Identifier: Apache-2.0
"""

import os
import sys

print("Hello from Python %d.%d in a glass case." % sys.version_info[:2])
for path in "/tmp", "/etc/passwd":
    print(path, "is there" if os.path.exists(path) else "is not there")
