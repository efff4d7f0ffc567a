/* guest_value_out.c - Python objects become values in bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest.h"

#include <datetime.h>

/* The containers that one is in: what is found there twice contains itself; and
 * how many of them are sets, or are keys, in which not all may be. */
struct path {
    PyObject *inside[VIV_DATA_DEPTH_MAX];
    int depth;
    int keys;
};

static int put(viv_writer *writer, PyObject *object, struct path *path);

static int enter(struct path *path, PyObject *object)
{
    for (int i = 0; i < path->depth; i++)
        if (path->inside[i] == object) {
            PyErr_Format(PyExc_ValueError,
                         "a %s that contains itself cannot leave the sandbox",
                         Py_TYPE(object)->tp_name);
            return -1;
        }
    if (path->depth == VIV_DATA_DEPTH_MAX - 1) {
        PyErr_Format(PyExc_ValueError,
                     "a value deeper than %d cannot leave the sandbox",
                     VIV_DATA_DEPTH_MAX);
        return -1;
    }
    path->inside[path->depth++] = object;
    return 0;
}

/* ------------------------------------------------------------------------
 * Values without others in them.
 */

/* As bytes with sign, highest first; of a negative number what is -1 - it. */
static int write_big(viv_writer *writer, PyObject *object)
{
    Py_ssize_t len =
        PyLong_AsNativeBytes(object, NULL, 0, Py_ASNATIVEBYTES_BIG_ENDIAN);
    unsigned char *bytes;
    bool is_negative;

    if (len < 0)
        return -1;
    bytes = PyMem_Malloc(len);
    if (bytes == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    PyLong_AsNativeBytes(object, bytes, len, Py_ASNATIVEBYTES_BIG_ENDIAN);
    is_negative = (bytes[0] & 0x80) != 0;
    for (Py_ssize_t i = 0; is_negative && i < len; i++)
        bytes[i] = (unsigned char)~bytes[i];
    data_write_big(writer, is_negative, bytes, len);
    PyMem_Free(bytes);
    return 0;
}

static int write_int(viv_writer *writer, PyObject *object)
{
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(object, &overflow);

    if (overflow != 0)
        return write_big(writer, object);
    if (value == -1 && PyErr_Occurred())
        return -1;
    data_write_int(writer, value);
    return 0;
}

static int write_text(viv_writer *writer, PyObject *object)
{
    Py_ssize_t len;
    const char *text = PyUnicode_AsUTF8AndSize(object, &len);

    if (text == NULL)
        return -1;
    data_write_text(writer, text, len);
    return 0;
}

static int write_buffer(viv_writer *writer, PyObject *object)
{
    Py_buffer view;

    if (PyObject_GetBuffer(object, &view, PyBUF_SIMPLE) < 0)
        return -1;
    data_write_bytes(writer, view.buf, view.len);
    PyBuffer_Release(&view);
    return 0;
}

typedef void write_iso(viv_writer *writer, const char *text, size_t len);

static int write_time(viv_writer *writer, PyObject *object, write_iso *as)
{
    PyObject *text = PyObject_CallMethod(object, "isoformat", NULL);
    Py_ssize_t len;
    const char *bytes =
        text != NULL ? PyUnicode_AsUTF8AndSize(text, &len) : NULL;

    if (bytes != NULL)
        as(writer, bytes, len);
    Py_XDECREF(text);
    return bytes != NULL ? 0 : -1;
}

static int write_delta(viv_writer *writer, PyObject *object)
{
    data_write_timedelta(writer, PyDateTime_DELTA_GET_DAYS(object),
                         PyDateTime_DELTA_GET_SECONDS(object),
                         PyDateTime_DELTA_GET_MICROSECONDS(object));
    return 0;
}

/* ------------------------------------------------------------------------
 * Values with others in them.
 */

/* Writing runs no code of the guest but isoformat() and buffers of classes that
 * it made; a list that changes its length under that is found by the writer. */
static int write_row(viv_writer *writer, PyObject *sequence, struct path *path)
{
    Py_ssize_t len = PySequence_Fast_GET_SIZE(sequence);

    if (PyList_Check(sequence))
        data_write_list(writer, len);
    else
        data_write_tuple(writer, len);
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence); i++) {
        PyObject *item = Py_NewRef(PySequence_Fast_GET_ITEM(sequence, i));
        int code = put(writer, item, path);

        Py_DECREF(item);
        if (code < 0)
            return -1;
    }
    return 0;
}

static int write_set(viv_writer *writer, PyObject *set, struct path *path)
{
    PyObject *iterator = PyObject_GetIter(set), *item;
    int code = iterator != NULL ? 0 : -1;

    if (PyFrozenSet_Check(set))
        data_write_frozenset(writer, PySet_GET_SIZE(set));
    else
        data_write_set(writer, PySet_GET_SIZE(set));
    path->keys++;
    while (code == 0 && (item = PyIter_Next(iterator)) != NULL) {
        code = put(writer, item, path);
        Py_DECREF(item);
    }
    path->keys--;
    Py_XDECREF(iterator);
    return PyErr_Occurred() ? -1 : code;
}

static int write_dict(viv_writer *writer, PyObject *dict, struct path *path)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    int code = 0;

    data_write_dict(writer, PyDict_GET_SIZE(dict));
    while (code == 0 && PyDict_Next(dict, &at, &key, &value)) {
        Py_INCREF(key);
        Py_INCREF(value);
        path->keys++;
        code = put(writer, key, path);
        path->keys--;
        if (code == 0)
            code = put(writer, value, path);
        Py_DECREF(key);
        Py_DECREF(value);
    }
    return code;
}

typedef int write_func(viv_writer *writer, PyObject *object, struct path *path);

/* A class of the guest may say that its lists can be keys; values have none. */
static bool may_be_here(PyObject *object, const struct path *path)
{
    if (path->keys == 0 || PyTuple_Check(object) || PyFrozenSet_Check(object))
        return true;
    PyErr_Format(PyExc_TypeError,
                 "a %s in a set or as a key cannot leave the sandbox",
                 Py_TYPE(object)->tp_name);
    return false;
}

static int write_inside(viv_writer *writer, PyObject *object, struct path *path,
                        write_func *func)
{
    int code;

    if (!may_be_here(object, path) || enter(path, object) < 0)
        return -1;
    code = func(writer, object, path);
    path->depth--;
    return code;
}

/* ------------------------------------------------------------------------
 * Whatever it is.
 */

/* A datetime is a date, too. */
static int write_rare(viv_writer *writer, PyObject *object)
{
    if (PyByteArray_Check(object) || PyMemoryView_Check(object))
        return write_buffer(writer, object);
    if (PyDateTime_Check(object))
        return write_time(writer, object, data_write_datetime);
    if (PyDate_Check(object))
        return write_time(writer, object, data_write_date);
    if (PyTime_Check(object))
        return write_time(writer, object, data_write_time);
    if (PyDelta_Check(object))
        return write_delta(writer, object);
    PyErr_Format(PyExc_TypeError, "a value of type %s cannot leave the sandbox",
                 Py_TYPE(object)->tp_name);
    return -1;
}

static int put(viv_writer *writer, PyObject *object, struct path *path)
{
    if (object == Py_None)
        data_write_none(writer);
    else if (PyBool_Check(object))
        data_write_bool(writer, object == Py_True);
    else if (PyLong_Check(object))
        return write_int(writer, object);
    else if (PyUnicode_Check(object))
        return write_text(writer, object);
    else if (PyFloat_Check(object))
        data_write_float(writer, PyFloat_AS_DOUBLE(object));
    else if (PyBytes_Check(object))
        data_write_bytes(writer, PyBytes_AS_STRING(object),
                         PyBytes_GET_SIZE(object));
    else if (PyList_Check(object) || PyTuple_Check(object))
        return write_inside(writer, object, path, write_row);
    else if (PyDict_Check(object))
        return write_inside(writer, object, path, write_dict);
    else if (PyAnySet_Check(object))
        return write_inside(writer, object, path, write_set);
    else
        return write_rare(writer, object);
    return 0;
}

/* The writer found that it is not what it said, or that it changed. */
static int refuse(const viv_writer *writer)
{
    if (writer->code == VIV_ENOMEM)
        PyErr_NoMemory();
    else
        PyErr_Format(PyExc_ValueError, "%s cannot leave the sandbox",
                     writer->fault);
    return -1;
}

int guest_value_out(viv_writer *writer, PyObject *object)
{
    struct path path;

    path.depth = path.keys = 0;
    if (PyDateTimeAPI == NULL)
        PyDateTime_IMPORT;
    if (PyDateTimeAPI == NULL || put(writer, object, &path) < 0)
        return -1;
    return writer->code == 0 ? 0 : refuse(writer);
}
