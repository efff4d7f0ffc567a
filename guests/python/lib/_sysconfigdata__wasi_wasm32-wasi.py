"""What sysconfig tells of the build: nothing that anybody could build with.

SPDX-License-Identifier: Apache-2.0
"""

build_time_vars = {
    "ABIFLAGS": "",
    "EXT_SUFFIX": ".so",
    "LIBDEST": "/usr/lib/python3.13",
    "MULTIARCH": "wasm32-wasi",
    "Py_DEBUG": 0,
    "Py_GIL_DISABLED": 0,
    "SOABI": "cpython-313-wasm32-wasi",
    "VERSION": "3.13",
    "WITH_PYMALLOC": 1,
    "prefix": "/usr",
    "exec_prefix": "/usr",
}
