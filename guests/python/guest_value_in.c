/* guest_value_in.c - values in bytes become Python objects.
 *
 * What the host wrote has been checked by the host; what it cannot be, such as
 * a list as a key, is Python's own TypeError.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest.h"

static PyObject *make(viv_reader *reader);

static PyObject *make_big(const viv_item *item)
{
    PyObject *magnitude = PyLong_FromUnsignedNativeBytes(
        item->bytes, item->len, Py_ASNATIVEBYTES_BIG_ENDIAN);
    PyObject *negative;

    if (magnitude == NULL || !item->negative)
        return magnitude;
    negative = PyNumber_Invert(magnitude);
    Py_DECREF(magnitude);
    return negative;
}

/* Of the class of this name in the module datetime. */
static PyObject *make_time(const char *name, const viv_item *item)
{
    PyObject *module = PyImport_ImportModule("datetime");
    PyObject *type =
        module != NULL ? PyObject_GetAttrString(module, name) : NULL;
    PyObject *made =
        type == NULL ? NULL
        : item->kind == VIV_DATA_TIMEDELTA
            ? PyObject_CallFunction(type, "LII", (long long)item->integer,
                                    item->seconds, item->microseconds)
            : PyObject_CallMethod(type, "fromisoformat", "s#", item->bytes,
                                  (Py_ssize_t)item->len);

    Py_XDECREF(type);
    Py_XDECREF(module);
    return made;
}

static PyObject *make_list(viv_reader *reader, size_t count)
{
    PyObject *list = PyList_New(count);

    for (size_t i = 0; list != NULL && i < count; i++) {
        PyObject *item = make(reader);

        if (item == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, item);
    }
    return list;
}

static PyObject *make_tuple(viv_reader *reader, size_t count)
{
    PyObject *tuple = PyTuple_New(count);

    for (size_t i = 0; tuple != NULL && i < count; i++) {
        PyObject *item = make(reader);

        if (item == NULL)
            Py_CLEAR(tuple);
        else
            PyTuple_SET_ITEM(tuple, i, item);
    }
    return tuple;
}

static PyObject *make_set(viv_reader *reader, size_t count, PyObject *set)
{
    for (size_t i = 0; set != NULL && i < count; i++) {
        PyObject *item = make(reader);

        if (item == NULL || PySet_Add(set, item) < 0)
            Py_CLEAR(set);
        Py_XDECREF(item);
    }
    return set;
}

static PyObject *make_dict(viv_reader *reader, size_t count)
{
    PyObject *dict = PyDict_New();

    for (size_t i = 0; dict != NULL && i < count; i++) {
        PyObject *key = make(reader);
        PyObject *value = key != NULL ? make(reader) : NULL;

        if (value == NULL || PyDict_SetItem(dict, key, value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return dict;
}

static PyObject *make_rare(viv_reader *reader, const viv_item *item)
{
    switch (item->kind) {
    case VIV_DATA_BIG:
        return make_big(item);
    case VIV_DATA_SET:
        return make_set(reader, item->count, PySet_New(NULL));
    case VIV_DATA_FROZENSET:
        return make_set(reader, item->count, PyFrozenSet_New(NULL));
    case VIV_DATA_DATETIME:
        return make_time("datetime", item);
    case VIV_DATA_DATE:
        return make_time("date", item);
    case VIV_DATA_TIME:
        return make_time("time", item);
    default:
        return make_time("timedelta", item);
    }
}

static PyObject *make(viv_reader *reader)
{
    viv_item item;

    if (data_read(reader, &item, NULL) < 0) {
        PyErr_SetString(PyExc_ValueError, "the host said what is not a value");
        return NULL;
    }
    switch (item.kind) {
    case VIV_DATA_NONE:
        return Py_NewRef(Py_None);
    case VIV_DATA_BOOL:
        return PyBool_FromLong(item.integer != 0);
    case VIV_DATA_INT:
        return PyLong_FromLongLong(item.integer);
    case VIV_DATA_FLOAT:
        return PyFloat_FromDouble(item.real);
    case VIV_DATA_TEXT:
        return PyUnicode_FromStringAndSize(item.bytes, item.len);
    case VIV_DATA_BYTES:
        return PyBytes_FromStringAndSize(item.bytes, item.len);
    case VIV_DATA_LIST:
        return make_list(reader, item.count);
    case VIV_DATA_TUPLE:
        return make_tuple(reader, item.count);
    case VIV_DATA_DICT:
        return make_dict(reader, item.count);
    default:
        return make_rare(reader, &item);
    }
}

PyObject *guest_value_in(viv_reader *reader)
{
    return make(reader);
}
