/* guest_door.c - requests come in, replies go out.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "guest.h"

#include <internal/pycore_runtime.h>
#include <internal/pycore_sysmodule.h>

/* No reply is larger: there is not more memory. */
#define REPLY_MAX ((size_t)1 << 31)

/* Replies of ordinary size are written where the image has room. */
#define REPLY_ROOM 65536

GUEST_IMPORT("park") void guest_door_park(int64_t ns);

static struct {
    char *bytes;
    size_t size;
} room;

static viv_writer reply;
static uint32_t flags;  /* of the latest RUN or CALL */
static bool is_parked;  /* the reply is that it waits */
static bool is_program; /* what runs is one that has not ended */

/* ------------------------------------------------------------------------
 * Replies.
 */

static PyObject *repr(PyObject *value)
{
    return (flags & PYTHON_DOOR_TEXT) != 0 && value != Py_None
               ? PyObject_Repr(value)
               : Py_NewRef(Py_None);
}

/* A value that cannot leave is told by its text only. */
static int write_value(PyObject *value)
{
    data_write_list(&reply, 4);
    data_write_int(&reply, PYTHON_DOOR_RETURNED);
    data_write_bool(&reply, 1);
    return guest_value_out(&reply, value);
}

static void write_no_value(void)
{
    PyErr_Clear();
    data_write_clear(&reply);
    data_write_list(&reply, 4);
    data_write_int(&reply, PYTHON_DOOR_RETURNED);
    data_write_bool(&reply, 0);
    data_write_none(&reply);
}

/* Of a call the value is what was asked for, so that there it is an error. */
static int write_returned(PyObject *value, bool is_call)
{
    PyObject *text;
    int code;

    if (write_value(value) < 0) {
        if (is_call || PyErr_ExceptionMatches(PyExc_MemoryError))
            return -1;
        write_no_value();
    }
    text = repr(value);
    code = text != NULL ? guest_value_out(&reply, text) : -1;
    Py_XDECREF(text);
    return code;
}

static void write_parked(int64_t ns)
{
    guest_door_park(ns);
    is_parked = true;
    data_write_clear(&reply);
    data_write_list(&reply, 1);
    data_write_int(&reply, PYTHON_DOOR_PARKED);
}

/* What was printed has to be seen, whatever happens next. */
static void flush(PyObject *name)
{
    PyObject *exception = PyErr_GetRaisedException();
    PyObject *file = _PySys_GetAttr(PyThreadState_Get(), name);
    PyObject *done = file != NULL && file != Py_None
                         ? PyObject_CallMethodNoArgs(file, &_Py_ID(flush))
                         : NULL;

    Py_XDECREF(done);
    PyErr_Clear();
    PyErr_SetRaisedException(exception);
}

/* ------------------------------------------------------------------------
 * What is awaited.
 */

static bool is_call; /* what is awaited is a CALL's */

static PyObject *python(const char *name, PyObject *argument)
{
    PyObject *func = guest_python(name);
    PyObject *done = func == NULL       ? NULL
                     : argument == NULL ? PyObject_CallNoArgs(func)
                                        : PyObject_CallOneArg(func, argument);

    Py_XDECREF(func);
    return done;
}

static PyObject *awaited_value(PyObject *result)
{
    PyObject *value = is_call ? Py_NewRef(result) : guest_run_value();

    return value != NULL || PyErr_Occurred() ? value : Py_NewRef(Py_None);
}

/* Run tasks until all wait, or the one that matters is done. */
static int go_on(void)
{
    PyObject *idle = python("go_on", NULL); /* None, or ns until it wakes */
    PyObject *result, *value;
    int code = -1;

    if (idle == NULL)
        return -1;
    if (idle != Py_None) {
        write_parked(PyLong_AsLongLong(idle));
        Py_DECREF(idle);
        return PyErr_Occurred() ? -1 : 0;
    }
    Py_DECREF(idle);
    result = python("result", NULL);
    value = result != NULL ? awaited_value(result) : NULL;
    if (value != NULL)
        code = write_returned(value, is_call);
    Py_XDECREF(value);
    Py_XDECREF(result);
    return code;
}

/* Takes the coroutine. */
static int await(PyObject *coroutine)
{
    PyObject *done = python("begin", coroutine);

    Py_DECREF(coroutine);
    Py_XDECREF(done);
    return done != NULL ? go_on() : -1;
}

/* ------------------------------------------------------------------------
 * Requests.
 */

static int next_text(viv_reader *reader, PyObject **ret_text)
{
    *ret_text = guest_value_in(reader);
    if (*ret_text != NULL && !PyUnicode_Check(*ret_text)) {
        PyErr_SetString(PyExc_TypeError, "the request has no text there");
        Py_CLEAR(*ret_text);
    }
    return *ret_text != NULL ? 0 : -1;
}

static int do_run(viv_reader *reader)
{
    PyObject *name = NULL, *source = NULL, *value = NULL;
    bool is_awaited = false;
    int code = -1;

    is_call = false;
    is_program = (flags & PYTHON_DOOR_PROGRAM) != 0;
    if (next_text(reader, &name) == 0 && next_text(reader, &source) == 0)
        code = guest_run(name, source, (flags & PYTHON_DOOR_VALUE) != 0, &value,
                         &is_awaited);
    Py_XDECREF(name);
    Py_XDECREF(source);
    if (code == 0 && is_awaited)
        return await(value);
    if (code == 0)
        code = write_returned(value != NULL ? value : Py_None, false);
    Py_XDECREF(value);
    return code;
}

static PyObject *find(PyObject *module_name, PyObject *name)
{
    PyObject *module = PyImport_Import(module_name);
    PyObject *func = module != NULL ? PyObject_GetAttr(module, name) : NULL;

    Py_XDECREF(module);
    return func;
}

/* Arguments by position as a tuple, by name as a dict. */
static PyObject *call(PyObject *func, viv_reader *reader)
{
    PyObject *list = guest_value_in(reader);
    PyObject *tuple = list != NULL ? PySequence_Tuple(list) : NULL;
    PyObject *dict = tuple != NULL ? guest_value_in(reader) : NULL;
    PyObject *value = NULL;

    if (dict != NULL && PyDict_Check(dict))
        value =
            PyObject_Call(func, tuple, PyDict_GET_SIZE(dict) > 0 ? dict : NULL);
    else if (dict != NULL)
        PyErr_SetString(PyExc_TypeError, "the request has no arguments there");
    Py_XDECREF(list);
    Py_XDECREF(tuple);
    Py_XDECREF(dict);
    return value;
}

static int do_call(viv_reader *reader)
{
    PyObject *module = NULL, *name = NULL, *func = NULL, *value = NULL;
    int code = -1;

    is_call = true;
    if (next_text(reader, &module) == 0 && next_text(reader, &name) == 0)
        func = find(module, name);
    if (func != NULL)
        value = call(func, reader);
    Py_XDECREF(module);
    Py_XDECREF(name);
    Py_XDECREF(func);
    if (value != NULL && PyCoro_CheckExact(value))
        return await(value);
    if (value != NULL)
        code = write_returned(value, true);
    Py_XDECREF(value);
    return code;
}

static int do_declare(viv_reader *reader)
{
    PyObject *list = guest_value_in(reader);
    PyObject *done = list != NULL ? python("declare", list) : NULL;
    int code = done != NULL ? write_returned(done, true) : -1;

    Py_XDECREF(list);
    Py_XDECREF(done);
    return code;
}

static int do_go_on(void)
{
    PyObject *has = python("has_task", NULL);

    Py_XDECREF(has);
    if (has == NULL)
        return -1;
    if (has == Py_True)
        return go_on();
    data_write_list(&reply, 1);
    data_write_int(&reply, PYTHON_DOOR_IDLE);
    return 0;
}

static int do_verb(int64_t verb, uint32_t how, viv_reader *reader)
{
    if ((how & PYTHON_DOOR_FRESH) != 0 && guest_start_fresh() < 0)
        return -1;
    if (verb != PYTHON_DOOR_GO_ON)
        flags = how;
    switch (verb) {
    case PYTHON_DOOR_GO_ON:
        return do_go_on();
    case PYTHON_DOOR_RUN:
        return do_run(reader);
    case PYTHON_DOOR_CALL:
        return do_call(reader);
    case PYTHON_DOOR_DECLARE:
        return do_declare(reader);
    default:
        PyErr_SetString(PyExc_ValueError, "there is no such request");
        return -1;
    }
}

static int do_request(viv_reader *reader)
{
    viv_item list, verb, how;

    if (data_read(reader, &list, NULL) < 0 || list.kind != VIV_DATA_LIST ||
        data_read(reader, &verb, NULL) < 0 || verb.kind != VIV_DATA_INT ||
        data_read(reader, &how, NULL) < 0 || how.kind != VIV_DATA_INT) {
        PyErr_SetString(PyExc_ValueError, "this is not a request");
        return -1;
    }
    return do_verb(verb.integer, (uint32_t)how.integer, reader);
}

/* ------------------------------------------------------------------------
 * The door.
 */

/* As Python does when it ends: whatever goes wrong there is printed. */
static void end_program(void)
{
    PyObject *done = python("end_program", NULL);

    if (done == NULL)
        PyErr_Print();
    Py_XDECREF(done);
}

static void prepare_reply(void)
{
    if (reply.max == 0)
        data_write_init(&reply, NULL, REPLY_MAX);
    data_write_clear(&reply);
    is_parked = false;
}

GUEST_EXPORT("viv_room") char *guest_door_room(uint32_t len);
char *guest_door_room(uint32_t len)
{
    if (len > room.size) {
        size_t size = len > REPLY_ROOM ? len : REPLY_ROOM;
        char *bytes = realloc(room.bytes, size);

        if (bytes == NULL)
            return NULL;
        room.bytes = bytes;
        room.size = size;
    }
    return room.bytes;
}

/* Do what is written there; nothing is GO_ON.  Returns the address of the reply
 * << 32 | its length. */
GUEST_EXPORT("viv_do") uint64_t guest_door_do(uint32_t len);
uint64_t guest_door_do(uint32_t len)
{
    viv_reader reader;
    const void *bytes;
    size_t bytes_len;

    data_read_init(&reader, room.bytes, len);
    prepare_reply();
    if ((len == 0 ? do_go_on() : do_request(&reader)) < 0)
        guest_fault(&reply, is_program);
    if (is_program && !is_parked) {
        is_program = false;
        end_program();
    }
    flush(&_Py_ID(stdout));
    flush(&_Py_ID(stderr));
    if (data_write_end(&reply, &bytes, &bytes_len, NULL) < 0) {
        PyErr_NoMemory();
        guest_fault(&reply, false);
        if (data_write_end(&reply, &bytes, &bytes_len, NULL) < 0)
            return 0;
    }
    return (uint64_t)(uintptr_t)bytes << 32 | (uint32_t)bytes_len;
}

void guest_door_rehearse(void)
{
    static const char program[] = "import math\n"
                                  "def area(r):\n"
                                  "    return f'{math.pi * r ** 2:.2f}'\n"
                                  "[area(r) for r in (1, 2.5)]\n";
    viv_writer writer;
    const void *bytes;
    size_t len;

    data_write_init(&writer, room.bytes, room.size);
    data_write_list(&writer, 4);
    data_write_int(&writer, PYTHON_DOOR_RUN);
    data_write_int(&writer,
                   PYTHON_DOOR_FRESH | PYTHON_DOOR_VALUE | PYTHON_DOOR_TEXT);
    data_write_text(&writer, "<run>", 5);
    data_write_text(&writer, program, sizeof(program) - 1);
    if (data_write_end(&writer, &bytes, &len, NULL) == 0)
        guest_door_do((uint32_t)len);
}
