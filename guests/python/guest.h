/* guest.h - the inside of the Python guest: CPython, and a door to its host.
 *
 * Compiled by clang for wasm32-wasi and linked with CPython's library.  One
 * thread, no host pointers: everything here is the guest's own business, and
 * nothing that it does wrong can hurt anybody but it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef GUEST_H
#define GUEST_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>
#include <stdint.h>

#include "data/data_read.h"
#include "data/data_write.h"
#include "python/python_door.h"

#define GUEST_EXPORT(name) __attribute__((export_name(name)))
#define GUEST_IMPORT(name)                                                     \
    __attribute__((import_module(PYTHON_DOOR_MODULE), import_name(name)))

/* Functions that make a Python object return a new reference, or NULL with an
 * exception; those that return int, 0 or -1 with an exception. */

/* ------------------------------------------------------------------------
 * guest_value_out.c, guest_value_in.c: objects and bytes.
 */

/* Write the object as one value.  TypeError for what cannot leave, ValueError
 * for what contains itself or is too deep. */
int guest_value_out(viv_writer *writer, PyObject *object);

/* Make the next value of the reader. */
PyObject *guest_value_in(viv_reader *reader);

/* ------------------------------------------------------------------------
 * guest_run.c: source becomes what it does.
 */

/* Run `source` in __main__, as if it were the file `name`.  `*ret_value` is
 * what its last expression gave if `wants_value`, else NULL: a new reference;
 * or a coroutine that is still to be run, and then `*ret_is_awaited` is set. */
int guest_run(PyObject *name, PyObject *source, bool wants_value,
              PyObject **ret_value, bool *ret_is_awaited);

/* Forget what was run, as if nothing had been. */
void guest_run_forget(void);

/* What a coroutine of guest_run() left, once it is done. */
PyObject *guest_run_value(void);

/* The source that was last run as this file, or NULL without exception. */
PyObject *guest_run_source(PyObject *name);

/* ------------------------------------------------------------------------
 * guest_fault.c: the exception that is set becomes a reply.
 */

/* Of a whole program: its own sys.excepthook comes first. */
void guest_fault(viv_writer *reply, bool is_program);

/* ------------------------------------------------------------------------
 * guest_host.c: functions of the host, as Python sees them.
 */

PyObject *guest_host_module(void);

/* Python's half of the guest, the module `_vivarium_guest`, and what it has. */
PyObject *guest_python(const char *name);

/* ------------------------------------------------------------------------
 * guest_door.c: requests and replies.
 */

/* Where a request of `len` bytes is to be written; NULL: there is no memory. */
char *guest_door_room(uint32_t len);

/* Run a small program as the host would, so that the first one that counts
 * finds everything that is found once. */
void guest_door_rehearse(void);

/* ------------------------------------------------------------------------
 * guest_chance.c: random numbers.
 */

/* The type `_vivarium.Chance`. */
PyObject *guest_chance_type(void);

/* The generator is the image's: it has to be seeded before its next number. */
void guest_chance_forget(void);

/* ------------------------------------------------------------------------
 * guest_start.c: the interpreter.
 */

/* Be unlike all who started from the same image. */
int guest_start_fresh(void);

/* ------------------------------------------------------------------------
 * guest_settle.c, guest_nursery.c: how an image is made good to come back to.
 */

/* Make all objects that there are immortal, and the collector's no longer. */
int guest_settle_objects(void);

/* Use up what is free in the middle of memory. */
void guest_settle_memory(void);

/* Let small objects come from one place from now on. */
void guest_nursery_open(void);

#endif /* GUEST_H */
