/* guest_start.c - the interpreter, from nothing to where an image is taken.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <wasi/api.h>
#include <wasi/libc.h>

#include "guest.h"

#define LIBRARY L"/usr/lib/python3.13"

/* Sets of strings must have the same order in all sandboxes of an image, and so
 * they may have it in all images. */
#define HASH_SEED 20131

/* An image has that much free memory in reach of the allocator, so that small
 * programs need not ask for more pages. */
#define HEADROOM ((size_t)4 << 20)

/* The first descriptor after the library's. */
#define FIRST_MOUNT 4

/* What the host mounted after the image was taken is not known to the C library
 * yet, from this descriptor on. */
static __wasi_fd_t next_mount = FIRST_MOUNT;

/* ------------------------------------------------------------------------
 * Starting.
 */

static PyStatus set_paths(PyConfig *config)
{
    PyStatus status =
        PyConfig_SetString(config, &config->program_name, L"python3");

    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->prefix, L"/usr");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->exec_prefix, L"/usr");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->base_prefix, L"/usr");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->base_exec_prefix, L"/usr");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->executable, L"");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->base_executable, L"");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->stdlib_dir, LIBRARY);
    config->module_search_paths_set = 1;
    if (!PyStatus_Exception(status))
        status = PyWideStringList_Append(&config->module_search_paths, LIBRARY);
    return status;
}

static PyStatus preinitialize(void)
{
    PyPreConfig config;

    PyPreConfig_InitIsolatedConfig(&config);
    config.utf8_mode = 1;
    return Py_PreInitialize(&config);
}

static PyStatus initialize(void)
{
    PyConfig config;
    PyStatus status = preinitialize();

    if (PyStatus_Exception(status))
        return status;
    PyConfig_InitIsolatedConfig(&config);
    config.install_signal_handlers = 0;
    config.use_hash_seed = 1;
    config.hash_seed = HASH_SEED;
    config.write_bytecode = 0;
    config.user_site_directory = 0;
    config.pathconfig_warnings = 0;
    status = set_paths(&config);
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    return status;
}

PyObject *guest_python(const char *name)
{
    static PyObject *module;

    if (module == NULL)
        module = PyImport_ImportModule("_vivarium_guest");
    return module != NULL ? PyObject_GetAttrString(module, name) : NULL;
}

static int call(const char *name)
{
    PyObject *func = guest_python(name);
    PyObject *done = func != NULL ? PyObject_CallNoArgs(func) : NULL;

    Py_XDECREF(func);
    Py_XDECREF(done);
    return done != NULL ? 0 : -1;
}

/* So often that what adapts to its use has done so. */
#define REHEARSALS 20

static int rehearse(void)
{
    for (int i = 0; i < REHEARSALS; i++)
        guest_door_rehearse();
    guest_run_forget();
    return call("make_main");
}

/* Compilers leave out what comes to nothing. */
static void make_headroom(void)
{
    void *volatile room = malloc(HEADROOM);

    free(room);
}

/* 0: the interpreter is ready.  What went wrong is on standard error. */
GUEST_EXPORT("viv_start") int32_t guest_start(void);
int32_t guest_start(void)
{
    PyStatus status;

    if (PyImport_AppendInittab("_vivarium", guest_host_module) < 0)
        return -1;
    status = initialize();
    if (PyStatus_Exception(status)) {
        fprintf(stderr, "%s: %s\n", status.func ? status.func : "Python",
                status.err_msg ? status.err_msg : "no reason given");
        return -1;
    }
    if (guest_door_room(1) == NULL || call("prepare") < 0 || rehearse() < 0 ||
        guest_settle_objects() < 0) {
        PyErr_Print();
        return -1;
    }
    make_headroom();
    guest_settle_memory();
    guest_nursery_open();
    return 0;
}

/* ------------------------------------------------------------------------
 * Starting from an image.
 */

static void find_mounts(void)
{
    char path[4096];
    __wasi_prestat_t stat;

    while (__wasi_fd_prestat_get(next_mount, &stat) == 0) {
        size_t len = stat.u.dir.pr_name_len;

        if (len < sizeof(path) &&
            __wasi_fd_prestat_dir_name(next_mount, (uint8_t *)path, len) == 0) {
            path[len] = '\0';
            __wasilibc_register_preopened_fd((int)next_mount, path);
        }
        next_mount++;
    }
}

typedef __wasi_errno_t get_func(uint8_t **words, uint8_t *bytes);

/* A list of the `count` words that `get` gives. */
static PyObject *words(get_func *get, size_t count, size_t bytes_len)
{
    uint8_t **at = malloc((count + 1) * sizeof(*at));
    uint8_t *bytes = malloc(bytes_len + 1);
    PyObject *list = NULL;

    if (at != NULL && bytes != NULL && get(at, bytes) == 0)
        list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < count; i++) {
        PyObject *word = PyUnicode_DecodeFSDefault((const char *)at[i]);

        if (word == NULL || PyList_Append(list, word) < 0)
            Py_CLEAR(list);
        Py_XDECREF(word);
    }
    free(at);
    free(bytes);
    if (list == NULL && !PyErr_Occurred())
        PyErr_NoMemory();
    return list;
}

static int tell_words(const char *name, get_func *get, size_t count, size_t len)
{
    PyObject *list = words(get, count, len);
    PyObject *func = list != NULL ? guest_python(name) : NULL;
    PyObject *done = func != NULL ? PyObject_CallOneArg(func, list) : NULL;

    Py_XDECREF(list);
    Py_XDECREF(func);
    Py_XDECREF(done);
    return done != NULL ? 0 : -1;
}

static int tell_permissions(void)
{
    size_t count, len;

    if (__wasi_args_sizes_get(&count, &len) == 0 && count > 0 &&
        tell_words("set_arguments", __wasi_args_get, count, len) < 0)
        return -1;
    if (__wasi_environ_sizes_get(&count, &len) == 0 && count > 0 &&
        tell_words("set_environment", __wasi_environ_get, count, len) < 0)
        return -1;
    return 0;
}

int guest_start_fresh(void)
{
    static PyObject *refresh;
    PyObject *done;

    guest_chance_forget();
    find_mounts();
    if (tell_permissions() < 0)
        return -1;
    if (refresh == NULL)
        refresh = guest_python("refresh");
    done = refresh != NULL ? PyObject_CallNoArgs(refresh) : NULL;
    Py_XDECREF(done);
    return done != NULL ? 0 : -1;
}
