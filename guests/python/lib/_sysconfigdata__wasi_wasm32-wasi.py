"""What sysconfig tells of the build: nothing that anybody could build with.

SPDX-License-Identifier: Apache-2.0
"""

build_time_vars = {
    "ABIFLAGS": "",
    "EXT_SUFFIX": ".cpython-313-wasm32-wasi.so",
    "LDFLAGS": "",
    "LDSHARED": "",
    "LDLIBRARY": "libpython3.13.a",
    "LIBDEST": "/usr/lib/python3.13",
    "LIBRARY": "libpython3.13.a",
    "MULTIARCH": "wasm32-wasi",
    "Py_DEBUG": 0,
    "Py_GIL_DISABLED": 0,
    "SOABI": "cpython-313-wasm32-wasi",
    "VERSION": "3.13",
    "WITH_DOC_STRINGS": 1,
    "WITH_PYMALLOC": 1,
    "prefix": "/usr",
    "exec_prefix": "/usr",
}
