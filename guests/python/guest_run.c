/* guest_run.c - source becomes what it does.
 *
 * The value of a last expression is had by making it an assignment, in the
 * syntax tree, to a name that no source can spell.  Everything else - line
 * numbers, carets, what an error says - is as in any Python.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest.h"

#include <internal/pycore_ast.h>
#include <internal/pycore_compile.h>
#include <internal/pycore_parser.h>
#include <internal/pycore_pyarena.h>
#include <internal/pycore_runtime.h>
#include <internal/pycore_symtable.h>

/* How many sources are kept compiled; then all are forgotten. */
#define CACHE_MAX 64

static PyObject *value_name; /* what no source can spell */
static PyObject *cache;      /* (name, source, wants_value): code */
static PyObject *sources;    /* name: source */

static PyObject *globals(void)
{
    PyObject *modules = PyImport_GetModuleDict();
    PyObject *main = PyDict_GetItemWithError(modules, &_Py_ID(__main__));

    if ((main == NULL || !PyModule_Check(main)) && !PyErr_Occurred())
        main = PyImport_AddModule("__main__");
    return main != NULL ? PyModule_GetDict(main) : NULL;
}

static int make_statics(void)
{
    if (value_name == NULL)
        value_name = PyUnicode_InternFromString("<value>");
    if (cache == NULL)
        cache = PyDict_New();
    if (sources == NULL)
        sources = PyDict_New();
    return value_name != NULL && cache != NULL && sources != NULL ? 0 : -1;
}

PyObject *guest_run_source(PyObject *name)
{
    return sources != NULL ? Py_XNewRef(PyDict_GetItem(sources, name)) : NULL;
}

/* ------------------------------------------------------------------------
 * Compiling.
 */

static stmt_ty assign(stmt_ty last, PyArena *arena)
{
    expr_ty value = last->v.Expr.value;
    asdl_expr_seq *targets = _Py_asdl_expr_seq_new(1, arena);
    expr_ty name =
        _PyAST_Name(value_name, Store, last->lineno, last->col_offset,
                    last->end_lineno, last->end_col_offset, arena);

    if (targets == NULL || name == NULL)
        return NULL;
    asdl_seq_SET(targets, 0, name);
    return _PyAST_Assign(targets, value, NULL, last->lineno, last->col_offset,
                         last->end_lineno, last->end_col_offset, arena);
}

/* Make the last statement, if it is an expression, give its value away. */
static int keep_value(mod_ty module, PyArena *arena)
{
    asdl_stmt_seq *body = module->v.Module.body;
    Py_ssize_t len = asdl_seq_LEN(body);
    stmt_ty last;

    if (len == 0 || asdl_seq_GET(body, len - 1)->kind != Expr_kind)
        return 0;
    last = assign(asdl_seq_GET(body, len - 1), arena);
    if (last == NULL)
        return -1;
    asdl_seq_SET(body, len - 1, last);
    return 0;
}

static PyObject *compile_in(PyArena *arena, PyObject *name, const char *source,
                            bool wants_value)
{
    PyCompilerFlags flags = {.cf_flags = PyCF_SOURCE_IS_UTF8 |
                                         PyCF_IGNORE_COOKIE |
                                         PyCF_ALLOW_TOP_LEVEL_AWAIT,
                             .cf_feature_version = PY_MINOR_VERSION};
    mod_ty module =
        _PyParser_ASTFromString(source, name, Py_file_input, &flags, arena);

    if (module == NULL || (wants_value && keep_value(module, arena) < 0))
        return NULL;
    return (PyObject *)_PyAST_Compile(module, name, &flags, -1, arena);
}

static PyObject *compile(PyObject *name, PyObject *source, bool wants_value)
{
    Py_ssize_t len;
    const char *text = PyUnicode_AsUTF8AndSize(source, &len);
    PyArena *arena;
    PyObject *code;

    if (text == NULL)
        return NULL;
    if (strlen(text) != (size_t)len) {
        PyErr_SetString(PyExc_SyntaxError,
                        "source code cannot contain null bytes");
        return NULL;
    }
    arena = _PyArena_New();
    if (arena == NULL)
        return NULL;
    code = compile_in(arena, name, text, wants_value);
    _PyArena_Free(arena);
    return code;
}

/* The second time there is nothing to parse. */
static PyObject *code_of(PyObject *name, PyObject *source, bool wants_value)
{
    PyObject *key =
        PyTuple_Pack(3, name, source, wants_value ? Py_True : Py_False);
    PyObject *code = key != NULL ? PyDict_GetItemWithError(cache, key) : NULL;

    if (code != NULL) {
        Py_INCREF(code);
    } else if (key != NULL && !PyErr_Occurred()) {
        code = compile(name, source, wants_value);
        if (code != NULL && PyDict_GET_SIZE(cache) >= CACHE_MAX)
            PyDict_Clear(cache);
        if (code != NULL && PyDict_SetItem(cache, key, code) < 0)
            Py_CLEAR(code);
    }
    Py_XDECREF(key);
    return code;
}

/* ------------------------------------------------------------------------
 * Running.
 */

/* Does linecache know already that it can ask for the source of this file? */
static bool is_asked_for(PyObject *name)
{
    static PyObject *lines;
    PyObject *entry;

    if (lines == NULL)
        lines = guest_python("lines");
    entry = lines != NULL ? PyDict_GetItem(lines, name) : NULL;
    return entry != NULL && PyTuple_Check(entry) &&
           PyTuple_GET_SIZE(entry) == 1;
}

/* Tracebacks and inspect look for it. */
static int remember_source(PyObject *name, PyObject *source)
{
    PyObject *remember, *done;

    if (PyDict_SetItem(sources, name, source) < 0)
        return -1;
    if (is_asked_for(name))
        return 0;
    remember = guest_python("remember_source");
    done = remember != NULL ? PyObject_CallOneArg(remember, name) : NULL;
    Py_XDECREF(remember);
    Py_XDECREF(done);
    return done != NULL ? 0 : -1;
}

void guest_run_forget(void)
{
    PyDict_Clear(cache);
    PyDict_Clear(sources);
}

/* Programs look for their file; a cell of a session has none. */
static int set_file(PyObject *dict, PyObject *name)
{
    if (PyUnicode_GET_LENGTH(name) == 0 || PyUnicode_READ_CHAR(name, 0) == '<')
        return 0;
    return PyDict_SetItem(dict, &_Py_ID(__file__), name);
}

PyObject *guest_run_value(void)
{
    PyObject *dict = globals();
    PyObject *value = NULL;

    if (dict == NULL)
        return NULL;
    PyDict_Pop(dict, value_name, &value);
    return value;
}

static bool is_awaited(PyObject *code)
{
    return (((PyCodeObject *)code)->co_flags & CO_COROUTINE) != 0;
}

int guest_run(PyObject *name, PyObject *source, bool wants_value,
              PyObject **ret_value, bool *ret_is_awaited)
{
    PyObject *dict = globals(), *code, *done;

    *ret_value = NULL;
    *ret_is_awaited = false;
    if (dict == NULL || make_statics() < 0 || set_file(dict, name) < 0 ||
        remember_source(name, source) < 0)
        return -1;
    code = code_of(name, source, wants_value);
    if (code == NULL)
        return -1;
    *ret_is_awaited = is_awaited(code);
    done = PyEval_EvalCode(code, dict, dict);
    Py_DECREF(code);
    if (done == NULL)
        return -1;
    if (*ret_is_awaited) {
        *ret_value = done;
        return 0;
    }
    Py_DECREF(done);
    *ret_value = guest_run_value();
    return PyErr_Occurred() ? -1 : 0;
}
