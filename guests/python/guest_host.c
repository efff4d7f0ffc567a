/* guest_host.c - functions of the host: the module `_vivarium`.
 *
 * Python's half makes a real function of Python for each of them, which binds
 * its arguments as any other does, and then asks here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "guest.h"

/* Arguments of one call are no larger. */
#define ARGUMENTS_MAX ((size_t)1 << 30)

/* Answers of ordinary size have room without asking twice. */
#define ANSWER_ROOM 4096

/* The host's answer, of which the first `room` bytes are at `to`, has so many
 * bytes; with `fetch` the host writes the whole of the latest answer. */
GUEST_IMPORT("ask")
uint32_t guest_host_ask(uint32_t function, const void *arguments, uint32_t len,
                        void *to, uint32_t room);
GUEST_IMPORT("fetch") void guest_host_fetch(void *to);

/* Begin what is awaited; its answer is collected later, by its id. */
GUEST_IMPORT("begin")
void guest_host_begin(uint32_t id, uint32_t function, const void *arguments,
                      uint32_t len);
GUEST_IMPORT("forget") void guest_host_forget(uint32_t id);

/* The next answer that there is, as with ask(); 0 bytes: none. */
GUEST_IMPORT("collect") uint32_t guest_host_collect(void *to, uint32_t room);

/* Wait for an answer, but no longer than `ns`; below 0: however long. */
GUEST_IMPORT("wait") void guest_host_wait(int64_t ns);

static struct {
    char *bytes;
    uint32_t room;
} answer;

/* ------------------------------------------------------------------------
 * Answers.
 */

static int make_room(uint32_t len)
{
    char *bytes;

    if (len <= answer.room)
        return 0;
    bytes = realloc(answer.bytes, len);
    if (bytes == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    answer.bytes = bytes;
    answer.room = len;
    return 0;
}

/* All of it is in answer.bytes then. */
static int have_answer(uint32_t len)
{
    if (len <= answer.room)
        return 0;
    if (make_room(len) < 0)
        return -1;
    guest_host_fetch(answer.bytes);
    return 0;
}

/* Raise the exception of this type, such as "ValueError" or "shop.SoldOut". */
static void raise_named(PyObject *type_name, PyObject *message)
{
    PyObject *func = guest_python("exception_type");
    PyObject *type = func != NULL ? PyObject_CallOneArg(func, type_name) : NULL;

    if (type != NULL)
        PyErr_SetObject(type, message);
    Py_XDECREF(type);
    Py_XDECREF(func);
}

static PyObject *read_bad(viv_reader *reader)
{
    PyObject *type = guest_value_in(reader);
    PyObject *message = type != NULL ? guest_value_in(reader) : NULL;

    if (message != NULL)
        raise_named(type, message);
    Py_XDECREF(type);
    Py_XDECREF(message);
    return NULL;
}

/* The value, or the exception, of [kind, ...]. */
static PyObject *read_answer(uint32_t len)
{
    viv_reader reader;
    viv_item list, kind;

    data_read_init(&reader, answer.bytes, len);
    if (data_read(&reader, &list, NULL) < 0 ||
        data_read(&reader, &kind, NULL) < 0) {
        PyErr_SetString(PyExc_SystemError, "the host gave no answer");
        return NULL;
    }
    return kind.integer == PYTHON_DOOR_GOOD ? guest_value_in(&reader)
                                            : read_bad(&reader);
}

/* ------------------------------------------------------------------------
 * Checking what a function is given.
 */

/* A number without fraction is a float, too, as everywhere in Python. */
static bool is_of(PyObject *value, PyObject *type)
{
    return type == Py_None || PyObject_TypeCheck(value, (PyTypeObject *)type) ||
           (type == (PyObject *)&PyFloat_Type && PyLong_Check(value));
}

/* `checks` is (function, (type or None, ...), (parameter, ...)) */
static int check(PyObject *checks, PyObject *arguments)
{
    PyObject *types = PyTuple_GET_ITEM(checks, 1);

    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(arguments); i++) {
        PyObject *value = PyTuple_GET_ITEM(arguments, i);
        PyObject *type = PyTuple_GET_ITEM(types, i);

        if (is_of(value, type))
            continue;
        PyErr_Format(PyExc_TypeError, "%U() argument '%U' must be %s, not %s",
                     PyTuple_GET_ITEM(checks, 0),
                     PyTuple_GET_ITEM(PyTuple_GET_ITEM(checks, 2), i),
                     ((PyTypeObject *)type)->tp_name, Py_TYPE(value)->tp_name);
        return -1;
    }
    return 0;
}

static bool are_checks(PyObject *checks, PyObject *arguments)
{
    return PyTuple_Check(checks) && PyTuple_GET_SIZE(checks) == 3 &&
           PyTuple_Check(arguments) &&
           PyTuple_Check(PyTuple_GET_ITEM(checks, 1)) &&
           PyTuple_Check(PyTuple_GET_ITEM(checks, 2)) &&
           PyTuple_GET_SIZE(PyTuple_GET_ITEM(checks, 1)) ==
               PyTuple_GET_SIZE(arguments) &&
           PyTuple_GET_SIZE(PyTuple_GET_ITEM(checks, 2)) ==
               PyTuple_GET_SIZE(arguments);
}

/* ------------------------------------------------------------------------
 * The module.
 */

static viv_writer arguments;

/* The arguments as bytes, in `arguments`. */
static int write_arguments(PyObject *tuple, const void **ret_bytes,
                           size_t *ret_len)
{
    if (arguments.max == 0)
        data_write_init(&arguments, NULL, ARGUMENTS_MAX);
    data_write_clear(&arguments);
    if (guest_value_out(&arguments, tuple) < 0)
        return -1;
    if (data_write_end(&arguments, ret_bytes, ret_len, NULL) == 0)
        return 0;
    PyErr_SetString(PyExc_ValueError,
                    "the arguments changed, or are too large");
    return -1;
}

static PyObject *ask_bytes(uint32_t function, const void *bytes, size_t len)
{
    uint32_t answer_len;

    if (make_room(ANSWER_ROOM) < 0)
        return NULL;
    answer_len =
        guest_host_ask(function, bytes, len, answer.bytes, answer.room);
    return have_answer(answer_len) < 0 ? NULL : read_answer(answer_len);
}

/* ask(index, checks, arguments) */
static PyObject *ask(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    const void *bytes;
    size_t len;
    long index;

    (void)module;
    if (count != 3 || !are_checks(args[1], args[2])) {
        PyErr_SetString(PyExc_TypeError, "ask(index, checks, arguments)");
        return NULL;
    }
    index = PyLong_AsLong(args[0]);
    if ((index == -1 && PyErr_Occurred()) || check(args[1], args[2]) < 0 ||
        write_arguments(args[2], &bytes, &len) < 0)
        return NULL;
    return ask_bytes((uint32_t)index, bytes, len);
}

/* pack(checks, arguments): the bytes to begin() with */
static PyObject *pack(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    const void *bytes;
    size_t len;

    (void)module;
    if (count != 2 || !are_checks(args[0], args[1])) {
        PyErr_SetString(PyExc_TypeError, "pack(checks, arguments)");
        return NULL;
    }
    if (check(args[0], args[1]) < 0 ||
        write_arguments(args[1], &bytes, &len) < 0)
        return NULL;
    return PyBytes_FromStringAndSize(bytes, len);
}

/* begin(id, index, bytes) */
static PyObject *begin(PyObject *module, PyObject *args)
{
    unsigned int id, index;
    const char *bytes;
    Py_ssize_t len;

    (void)module;
    if (!PyArg_ParseTuple(args, "IIy#", &id, &index, &bytes, &len))
        return NULL;
    guest_host_begin(id, index, bytes, len);
    Py_RETURN_NONE;
}

static PyObject *forget(PyObject *module, PyObject *arg)
{
    unsigned long id = PyLong_AsUnsignedLong(arg);

    (void)module;
    if (id == (unsigned long)-1 && PyErr_Occurred())
        return NULL;
    guest_host_forget((uint32_t)id);
    Py_RETURN_NONE;
}

/* (id, is_good, value or exception) of the answer in answer.bytes. */
static PyObject *read_collected(uint32_t len)
{
    viv_reader reader;
    viv_item list, id, kind;
    PyObject *value, *made;

    data_read_init(&reader, answer.bytes, len);
    if (data_read(&reader, &list, NULL) < 0 ||
        data_read(&reader, &id, NULL) < 0 ||
        data_read(&reader, &kind, NULL) < 0) {
        PyErr_SetString(PyExc_SystemError, "the host gave no answer");
        return NULL;
    }
    value = kind.integer == PYTHON_DOOR_GOOD ? guest_value_in(&reader)
                                             : read_bad(&reader);
    if (value == NULL && kind.integer == PYTHON_DOOR_GOOD)
        return NULL;
    if (value == NULL)
        value = PyErr_GetRaisedException();
    made = Py_BuildValue("(LOO)", (long long)id.integer,
                         kind.integer == PYTHON_DOOR_GOOD ? Py_True : Py_False,
                         value);
    Py_DECREF(value);
    return made;
}

/* collect(): what was answered, or None */
static PyObject *collect(PyObject *module, PyObject *unused)
{
    uint32_t len;

    (void)module;
    (void)unused;
    if (make_room(ANSWER_ROOM) < 0)
        return NULL;
    len = guest_host_collect(answer.bytes, answer.room);
    if (len == 0)
        Py_RETURN_NONE;
    return have_answer(len) < 0 ? NULL : read_collected(len);
}

static PyObject *wait(PyObject *module, PyObject *arg)
{
    long long ns = PyLong_AsLongLong(arg);

    (void)module;
    if (ns == -1 && PyErr_Occurred())
        return NULL;
    guest_host_wait(ns);
    Py_RETURN_NONE;
}

static PyObject *source(PyObject *module, PyObject *arg)
{
    PyObject *text = guest_run_source(arg);

    (void)module;
    return text != NULL ? text : Py_NewRef(Py_None);
}

static PyMethodDef methods[] = {
    {"ask", (PyCFunction)(void (*)(void))ask, METH_FASTCALL, NULL},
    {"pack", (PyCFunction)(void (*)(void))pack, METH_FASTCALL, NULL},
    {"begin", begin, METH_VARARGS, NULL},
    {"forget", forget, METH_O, NULL},
    {"collect", collect, METH_NOARGS, NULL},
    {"wait", wait, METH_O, NULL},
    {"source", source, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_vivarium",
    .m_doc = "The door to the host.",
    .m_size = -1,
    .m_methods = methods,
};

PyObject *guest_host_module(void)
{
    PyObject *module = PyModule_Create(&definition);
    PyObject *chance = module != NULL ? guest_chance_type() : NULL;

    if (chance == NULL || PyModule_AddObjectRef(module, "Chance", chance) < 0)
        Py_CLEAR(module);
    Py_XDECREF(chance);
    return module;
}
