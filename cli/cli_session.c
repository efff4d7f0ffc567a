/* cli_session.c - a Python session that survives what is done in it.
 *
 * Cells are run by a module of ours in the session itself, since only Python
 * knows when a text is whole, and can keep a value in `_`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_session.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "cli_outcome.h"
#include "cli_python.h"
#include "cli_said.h"

/* No cell is larger. */
#define REQUEST_MAX ((size_t)64 << 20)

#define MODULE "_viv_cells"

/* Makes the module, and leaves nothing in __main__.  Its code is said to be of
 * the guest's own file, which tracebacks leave out where they begin. */
static const char module_source[] =
    "def make(source):\n"
    "    import sys, types, _vivarium_guest as guest\n"
    "    module = sys.modules['" MODULE "'] = types.ModuleType('" MODULE "')\n"
    "    exec(compile(source, guest.__file__, 'exec'), module.__dict__)\n"
    "make('''\n"
    "import __future__, ast, builtins, codeop, inspect, linecache, sys\n"
    "main = sys.modules['__main__'].__dict__\n"
    "flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT\n"
    "reader = codeop.CommandCompiler()\n"
    "reader.compiler.flags |= flags\n"
    "\n"
    "def is_whole(text):\n"
    "    try:\n"
    "        return reader(text, '<cell>', 'single') is not None\n"
    "    except (SyntaxError, ValueError, OverflowError):\n"
    "        return True\n"
    "\n"
    "def compiled(what, name, how):\n"
    "    global flags\n"
    "    code = compile(what, name, how, flags, True)\n"
    "    for name in __future__.all_feature_names:\n"
    "        flags |= code.co_flags & getattr(__future__, name).compiler_flag\n"
    "    return code\n"
    "\n"
    "def parts(text, name):\n"
    "    tree = compile(text, name, 'exec', flags | ast.PyCF_ONLY_AST, True)\n"
    "    last = tree.body[-1:]\n"
    "    if last and isinstance(last[0], ast.Expr):\n"
    "        del tree.body[-1]\n"
    "        yield compiled(tree, name, 'exec')\n"
    "        yield compiled(ast.Expression(last[0].value), name, 'eval')\n"
    "    else:\n"
    "        yield compiled(tree, name, 'exec')\n"
    "\n"
    "def shown(value):\n"
    "    if value is None:\n"
    "        return None\n"
    "    text = repr(value)\n"
    "    builtins._ = value\n"
    "    return text.encode('utf-8', 'backslashreplace').decode('utf-8')\n"
    "\n"
    "def is_awaited(code):\n"
    "    return code.co_flags & inspect.CO_COROUTINE\n"
    "\n"
    "async def run_awaited(codes):\n"
    "    for code in codes:\n"
    "        value = eval(code, main)\n"
    "        if is_awaited(code):\n"
    "            value = await value\n"
    "    return shown(value)\n"
    "\n"
    "def run(text, name):\n"
    "    lines = text.splitlines(True)\n"
    "    linecache.cache[name] = (len(text), None, lines, name)\n"
    "    codes = list(parts(text, name))\n"
    "    if any(map(is_awaited, codes)):\n"
    "        return run_awaited(codes)\n"
    "    for code in codes:\n"
    "        value = eval(code, main)\n"
    "    return shown(value)\n"
    "''')\n"
    "del make\n";

/* ------------------------------------------------------------------------
 * Beginning and ending.
 */

static int call(struct cli_session *session, const char *function,
                const char *text, size_t len, const char *name,
                viv_python_result *ret_result)
{
    viv_writer args;
    int r;

    viv_writer_init(&args, NULL, REQUEST_MAX);
    viv_write_list(&args, name != NULL ? 2 : 1);
    viv_write_text(&args, text, len);
    if (name != NULL)
        viv_write_text(&args, name, strlen(name));
    r = cli_python_call(session->sandbox, MODULE, function, &args, ret_result);
    viv_writer_fini(&args);
    return r;
}

/* The sandbox is there: it gets what it may use, and the module if it has come
 * from the guest's image. */
static int prepare(struct cli_session *session, bool is_bare)
{
    static const struct cli_python_source source = {"<viv>", module_source,
                                                    sizeof(module_source) - 1};
    viv_python_result result;
    int r = cli_python_permit(session->sandbox, "", 0, NULL);

    if (r == CLI_OK && is_bare)
        r = cli_python_find_modules(session->sandbox);
    if (r == CLI_OK && is_bare) {
        r = cli_python_run(session->sandbox, &source, 0, &result);
        if (r == CLI_OK && result.outcome.kind != VIV_RETURNED) {
            fprintf(stderr, "viv: this Python cannot keep a session\n");
            r = CLI_FAILED;
        }
    }
    return r;
}

static int begin(struct cli_session *session)
{
    viv_limits limits;
    viv_error err;

    cli_said_limits(&limits);
    if (viv_sandbox_from(session->image, &limits, &session->sandbox, &err) < 0)
        return cli_fail(&err);
    return prepare(session, session->image == session->base);
}

static void end(struct cli_session *session)
{
    viv_sandbox_free(session->sandbox);
    viv_free(session->dump);
    session->sandbox = NULL;
    session->dump = NULL;
}

int cli_session_init(struct cli_session *session, viv_image *image)
{
    *session = (struct cli_session){.cell = 1};
    session->base = viv_image_ref(image);
    session->image = viv_image_ref(image);
    return begin(session);
}

void cli_session_fini(struct cli_session *session)
{
    end(session);
    viv_image_unref(session->image);
    viv_image_unref(session->base);
}

int cli_session_reset(struct cli_session *session)
{
    end(session);
    viv_image_unref(session->image);
    session->image = viv_image_ref(session->base);
    session->cell = 1;
    return begin(session);
}

/* ------------------------------------------------------------------------
 * Cells.
 */

int cli_session_is_whole(struct cli_session *session, const char *text,
                         size_t len, bool *ret_is_whole)
{
    viv_python_result result;
    viv_reader reader;
    viv_item item;
    int r = call(session, "is_whole", text, len, NULL, &result);

    /* Who broke the module learns of it when the cell runs. */
    *ret_is_whole = true;
    if (r != CLI_OK || result.outcome.kind != VIV_RETURNED)
        return r;
    viv_reader_init(&reader, result.value, result.value_len);
    if (viv_read(&reader, &item, NULL) == 0 && item.kind == VIV_DATA_BOOL)
        *ret_is_whole = item.integer != 0;
    return CLI_OK;
}

/* What there is to go back to; the older one if it cannot be had now, for a
 * file of this machine that the session has open. */
static void remember(struct cli_session *session)
{
    void *dump;
    size_t len;
    viv_error err;

    if (viv_sandbox_dump(session->sandbox, NULL, &dump, &len, &err) < 0) {
        fprintf(stderr, "viv: a stop would lose more than this cell: %s\n",
                err.text);
        return;
    }
    viv_free(session->dump);
    session->dump = dump;
    session->dump_len = len;
    session->kept_cell = session->cell;
}

static int go_back(struct cli_session *session)
{
    viv_limits limits;
    viv_sandbox *sandbox;
    viv_error err;
    int r;

    if (session->dump == NULL) {
        fprintf(stderr, "viv: the session begins anew\n");
        return cli_session_reset(session);
    }
    cli_said_limits(&limits);
    if (viv_sandbox_load(session->image, &limits, NULL, session->dump,
                         session->dump_len, &sandbox, &err) < 0)
        return cli_fail(&err);
    viv_sandbox_free(session->sandbox);
    session->sandbox = sandbox;
    r = prepare(session, false);
    if (r == CLI_OK)
        fprintf(stderr, "viv: the session is as it was before cell %u\n",
                session->kept_cell);
    return r;
}

static void print_value(const viv_python_result *result)
{
    viv_reader reader;
    viv_item item;

    viv_reader_init(&reader, result->value, result->value_len);
    if (viv_read(&reader, &item, NULL) == 0 && item.kind == VIV_DATA_TEXT)
        printf("%.*s\n", (int)item.len, item.bytes);
}

/* Can the sandbox not go on?  After sys.exit() it could, after os._exit() not.
 */
static bool is_lost(struct cli_session *session, const viv_outcome *outcome)
{
    viv_python_result result;
    viv_error err;

    if (outcome->kind == VIV_RETURNED || outcome->kind == VIV_RAISED)
        return false;
    return outcome->kind != VIV_EXITED ||
           viv_python_run(session->sandbox, "", 0, "<viv>", 0, &result, &err) ==
               VIV_ESTOPPED;
}

int cli_session_run(struct cli_session *session, const char *text, size_t len,
                    viv_outcome *ret_outcome)
{
    char name[40];
    viv_python_result result;
    int r;

    remember(session);
    snprintf(name, sizeof(name), "<cell %u>", session->cell);
    r = call(session, "run", text, len, name, &result);
    if (r != CLI_OK)
        return r;
    *ret_outcome = result.outcome;
    cli_outcome_say(name, &result.outcome, NULL);
    if (result.outcome.kind == VIV_RAISED)
        fputs(result.traceback, stderr);
    else if (result.outcome.kind == VIV_RETURNED)
        print_value(&result);
    session->went_back = is_lost(session, &result.outcome);
    if (session->went_back)
        r = go_back(session);
    session->cell++;
    return r;
}

/* ------------------------------------------------------------------------
 * Files.
 */

int cli_session_save(struct cli_session *session, const char *path)
{
    viv_image *image;
    viv_error err;
    int code = viv_image_new(session->sandbox, &image, &err);

    if (code < 0)
        return cli_fail(&err);
    code = viv_image_save(image, session->base, NULL, path, &err);
    viv_image_unref(image);
    return code < 0 ? cli_fail_file(path, &err) : CLI_OK;
}

int cli_session_load(struct cli_session *session, const char *path)
{
    viv_image *image;
    viv_error err;

    if (viv_python_load_image(session->base, session->base, NULL, path, &image,
                              &err) < 0)
        return cli_fail_file(path, &err);
    end(session);
    viv_image_unref(session->image);
    session->image = image;
    return begin(session);
}
