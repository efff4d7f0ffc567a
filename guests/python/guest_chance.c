/* guest_chance.c - random numbers that are seeded when the first is asked for.
 *
 * All sandboxes of an image begin with the same generator, which must be seeded
 * anew in each.  That takes longer than many programs do, and most need no
 * chance.  So the one that the module `random` shares is of a type that looks,
 * before it gives a number, whether it is still the image's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest.h"

#include <unistd.h>

#define SEED_BYTES 32

static bool is_stale;

/* Of _random.Random. */
static PyObject *base_seed;
static PyCFunction base_random, base_getrandbits;

void guest_chance_forget(void)
{
    is_stale = true;
}

static PyObject *entropy(void)
{
    unsigned char bytes[SEED_BYTES];

    if (getentropy(bytes, sizeof(bytes)) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    return PyLong_FromUnsignedNativeBytes(bytes, sizeof(bytes),
                                          Py_ASNATIVEBYTES_LITTLE_ENDIAN);
}

/* Be what nobody else is, if it is still the image's. */
static int settle(PyObject *self)
{
    PyObject *seed, *done;

    if (!is_stale)
        return 0;
    is_stale = false;
    seed = entropy();
    done = seed != NULL
               ? PyObject_CallFunctionObjArgs(base_seed, self, seed, NULL)
               : NULL;
    Py_XDECREF(seed);
    Py_XDECREF(done);
    return done != NULL ? PyObject_SetAttrString(self, "gauss_next", Py_None)
                        : -1;
}

static PyObject *chance_random(PyObject *self, PyObject *unused)
{
    return settle(self) < 0 ? NULL : base_random(self, unused);
}

static PyObject *chance_getrandbits(PyObject *self, PyObject *count)
{
    return settle(self) < 0 ? NULL : base_getrandbits(self, count);
}

/* Seed it now, if it is to be; and, with True, never mind: it is given a state
 * anyway. */
static PyObject *chance_settle(PyObject *self, PyObject *is_given)
{
    if (is_given == Py_True)
        is_stale = false;
    if (settle(self) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"random", chance_random, METH_NOARGS, NULL},
    {"getrandbits", chance_getrandbits, METH_O, NULL},
    {"_settle", chance_settle, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {{Py_tp_methods, methods}, {0, NULL}};

static PyType_Spec spec = {
    .name = "_vivarium.Chance",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = slots,
};

/* The C function of a method of `type`, if it takes what we hand on. */
static PyCFunction function_of(PyObject *type, const char *name, int flags)
{
    PyObject *descr = PyObject_GetAttrString(type, name);
    PyMethodDef *method;

    if (descr == NULL)
        return NULL;
    method = Py_IS_TYPE(descr, &PyMethodDescr_Type)
                 ? ((PyMethodDescrObject *)descr)->d_method
                 : NULL;
    Py_DECREF(descr); /* the type has it */
    if (method == NULL || method->ml_flags != flags) {
        PyErr_Format(PyExc_SystemError, "_random.Random.%s is not as expected",
                     name);
        return NULL;
    }
    return method->ml_meth;
}

PyObject *guest_chance_type(void)
{
    PyObject *module = PyImport_ImportModule("_random");
    PyObject *base =
        module != NULL ? PyObject_GetAttrString(module, "Random") : NULL;
    PyObject *type = NULL;

    if (base != NULL) {
        base_seed = PyObject_GetAttrString(base, "seed");
        base_random = function_of(base, "random", METH_NOARGS);
        base_getrandbits = function_of(base, "getrandbits", METH_O);
    }
    if (base_seed != NULL && base_random != NULL && base_getrandbits != NULL)
        type = PyType_FromSpecWithBases(&spec, base);
    Py_XDECREF(base);
    Py_XDECREF(module);
    return type;
}
