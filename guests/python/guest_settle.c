/* guest_settle.c - what is in the image stays as it is.
 *
 * Whatever a run writes to must be undone before the next one, a page at a
 * time.  Most of what a small run writes to in the image is counts of
 * references, up and down again, all over memory.  So when the image is ready
 * its objects become immortal: nobody counts them any more.
 *
 * And memory that is free in the middle of the image is taken out of use, so
 * that what runs allocate lies together at its end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "guest.h"

#include <internal/pycore_gc.h>

/* ------------------------------------------------------------------------
 * Objects.
 */

/* Those that are immortal, but what they refer to may not be. */
struct todo {
    PyObject **at;
    size_t count, room;
    bool has_failed;
};

static void push(struct todo *todo, PyObject *object)
{
    if (todo->count == todo->room) {
        size_t room = todo->room > 0 ? 2 * todo->room : 1024;
        PyObject **at = realloc(todo->at, room * sizeof(*at));

        if (at == NULL) {
            todo->has_failed = true;
            return;
        }
        todo->at = at;
        todo->room = room;
    }
    todo->at[todo->count++] = object;
}

static int settle(PyObject *object, void *cookie)
{
    if (object == NULL || _Py_IsImmortal(object))
        return 0;
    Py_SET_REFCNT(object, _Py_IMMORTAL_REFCNT);
    push(cookie, object);
    return 0;
}

/* The collector does not know them. */
static void settle_code(PyCodeObject *code, struct todo *todo)
{
    settle(code->co_consts, todo);
    settle(code->co_names, todo);
    settle(code->co_exceptiontable, todo);
    settle(code->co_localsplusnames, todo);
    settle(code->co_localspluskinds, todo);
    settle(code->co_filename, todo);
    settle(code->co_name, todo);
    settle(code->co_qualname, todo);
    settle(code->co_linetable, todo);
}

static void settle_parts(PyObject *object, struct todo *todo)
{
    traverseproc traverse = Py_TYPE(object)->tp_traverse;

    if (PyCode_Check(object))
        settle_code((PyCodeObject *)object, todo);
    else if (PyObject_IS_GC(object) && traverse != NULL)
        traverse(object, settle, todo);
}

/* And all that they refer to. */
static bool settle_all(PyObject *list)
{
    struct todo todo = {0};

    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        settle(PyList_GET_ITEM(list, i), &todo);
        while (todo.count > 0)
            settle_parts(todo.at[--todo.count], &todo);
    }
    free(todo.at);
    return !todo.has_failed;
}

int guest_settle_objects(void)
{
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    PyObject *list;
    bool is_done;

    PyGC_Collect();
    list = _PyGC_GetObjects(interpreter, -1);
    is_done = list != NULL && settle_all(list);
    Py_XDECREF(list);
    _PyGC_Freeze(interpreter);
    if (list != NULL && !is_done)
        PyErr_NoMemory();
    return is_done ? 0 : -1;
}

/* ------------------------------------------------------------------------
 * Memory.
 */

/* Larger holes are worth being used. */
#define HOLE_MAX  ((size_t)256 << 10)
#define SMALL_MAX 1024

/* Allocate what is free below `end`, in pieces of `size` bytes. */
static void fill(const char *end, size_t size)
{
    char *volatile at; /* compilers leave out what nobody looks at */

    while ((at = malloc(size)) != NULL)
        if (at > end) {
            free(at);
            break;
        }
}

void guest_settle_memory(void)
{
    char *end = malloc(HOLE_MAX);
    size_t size;

    if (end == NULL)
        return;
    for (size = HOLE_MAX / 2; size > SMALL_MAX; size /= 2)
        fill(end, size);
    for (; size >= 8; size -= 8)
        fill(end, size);
    free(end);
}
