/* guest_fault.c - the exception that is set becomes a reply.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest.h"

/* ------------------------------------------------------------------------
 * SystemExit.
 */

static int exit_code(PyObject *exception)
{
    PyObject *code = PyObject_GetAttrString(exception, "code");
    int number = 1;

    if (code == NULL || code == Py_None) {
        number = code == NULL ? 1 : 0;
    } else if (PyLong_Check(code)) {
        number = (int)PyLong_AsLong(code);
    } else {
        PySys_FormatStderr("%S\n", code);
    }
    PyErr_Clear();
    Py_XDECREF(code);
    return number;
}

/* ------------------------------------------------------------------------
 * Everything else.
 */

/* Where there is no memory for more. */
static void write_short(viv_writer *reply, PyObject *exception)
{
    const char *name = Py_TYPE(exception)->tp_name;

    PyErr_Clear();
    data_write_clear(reply);
    data_write_list(reply, 5);
    data_write_int(reply, PYTHON_DOOR_RAISED);
    data_write_text(reply, name, strlen(name));
    data_write_text(reply, "", 0);
    data_write_text(reply, name, strlen(name));
    data_write_list(reply, 0);
}

/* Python's half makes (type, message, traceback, frames) of it. */
static PyObject *describe(PyObject *exception, bool is_program)
{
    PyObject *func = guest_python("describe");
    PyObject *tuple = func != NULL ? PyObject_CallFunctionObjArgs(
                                         func, exception,
                                         is_program ? Py_True : Py_False, NULL)
                                   : NULL;

    Py_XDECREF(func);
    return tuple;
}

static void write_long(viv_writer *reply, PyObject *exception, bool is_program)
{
    PyObject *tuple = describe(exception, is_program);
    bool is_good =
        tuple != NULL && PyTuple_Check(tuple) && PyTuple_GET_SIZE(tuple) == 4;

    data_write_list(reply, 5);
    data_write_int(reply, PYTHON_DOOR_RAISED);
    for (int i = 0; is_good && i < 4; i++)
        is_good = guest_value_out(reply, PyTuple_GET_ITEM(tuple, i)) == 0;
    if (!is_good || reply->code != 0)
        write_short(reply, exception);
    Py_XDECREF(tuple);
}

void guest_fault(viv_writer *reply, bool is_program)
{
    PyObject *exception = PyErr_GetRaisedException();

    data_write_clear(reply);
    if (PyErr_GivenExceptionMatches(exception, PyExc_SystemExit)) {
        data_write_list(reply, 2);
        data_write_int(reply, PYTHON_DOOR_EXITED);
        data_write_int(reply, exit_code(exception));
    } else {
        write_long(reply, exception, is_program);
    }
    PyErr_Clear();
    Py_DECREF(exception);
}
