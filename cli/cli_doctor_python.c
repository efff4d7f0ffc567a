/* cli_doctor_python.c - the guest: does it start, and what of its library
 * works.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli_doctor.h"
#include "cli_python.h"

/* So many sandboxes at once, to see that they fit and how long one takes. */
#define MANY 100

/* A module, and a line that uses it. */
static const struct {
    const char *name;
    const char *use;
} modules[] = {
    {"asyncio", "await asyncio.sleep(0)"},
    {"bz2", "assert bz2.decompress(bz2.compress(b'x')) == b'x'"},
    {"ctypes", "ctypes.CDLL(None)"},
    {"dataclasses", "dataclasses.make_dataclass('P', ['x'])(1)"},
    {"datetime", "datetime.datetime.now()"},
    {"decimal", "assert decimal.Decimal('0.1') * 3 == decimal.Decimal('0.3')"},
    {"email.message", "email.message.EmailMessage()"},
    {"hashlib", "hashlib.sha256(b'x'), hashlib.blake2b(b'x')"},
    {"json", "assert json.loads('[1]') == [1]"},
    {"logging", "logging.getLogger().debug('x')"},
    {"lzma", "assert lzma.decompress(lzma.compress(b'x')) == b'x'"},
    {"multiprocessing", "multiprocessing.Process(target=print).start()"},
    {"pathlib", "pathlib.Path('/tmp/x').write_text('x')"},
    {"pickle", "assert pickle.loads(pickle.dumps(1)) == 1"},
    {"re", "assert re.match('(a+)+', 'aa')"},
    {"readline", "readline.get_history_length()"},
    {"select", "select.select([], [], [], 0)"},
    {"socket", "socket.create_connection(('127.0.0.1', 80))"},
    {"sqlite3", "sqlite3.connect(':memory:').execute('select 1')"},
    {"ssl", "ssl.create_default_context()"},
    {"statistics", "statistics.mean([1, 2])"},
    {"subprocess", "subprocess.run(['true'])"},
    {"tempfile", "tempfile.TemporaryFile().write(b'x')"},
    {"threading", "threading.Thread(target=print).start()"},
    {"tkinter", "tkinter.Tk()"},
    {"tomllib", "tomllib.loads('a = 1')"},
    {"unicodedata", "assert unicodedata.name('a') == 'LATIN SMALL LETTER A'"},
    {"urllib.request", "urllib.request.urlopen('http://127.0.0.1/')"},
    {"uuid", "uuid.uuid4()"},
    {"venv", "venv.create('/tmp/v')"},
    {"xml.etree.ElementTree", "xml.etree.ElementTree.fromstring('<a/>')"},
    {"zipfile", "zipfile.ZipFile('/tmp/z', 'w').close()"},
    {"zlib", "assert zlib.decompress(zlib.compress(b'x')) == b'x'"},
    {"zoneinfo", "zoneinfo.ZoneInfo('Europe/Berlin')"},
};

static double now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* ------------------------------------------------------------------------
 * Does it start?
 */

static int run(viv_sandbox *sandbox, const char *text,
               viv_python_result *ret_result)
{
    struct cli_python_source source = {"<doctor>", text, strlen(text)};

    return cli_python_run(sandbox, &source, VIV_PYTHON_VALUE | VIV_PYTHON_TEXT,
                          ret_result);
}

static void find_versions(struct cli_doctor *doctor, viv_sandbox *sandbox)
{
    viv_python_result result;

    if (run(sandbox, "import sys; sys.version", &result) == 0 &&
        result.text != NULL)
        cli_doctor_find(doctor, CLI_DOCTOR_OK, "version", "%s", result.text);
}

static void find_sum(struct cli_doctor *doctor, viv_sandbox *sandbox)
{
    viv_python_result result;
    double begun = now_ms();

    if (run(sandbox, "1 + 1", &result) == 0 && result.text != NULL &&
        strcmp(result.text, "2") == 0) {
        cli_doctor_find(doctor, CLI_DOCTOR_OK, "1 + 1", "2, in %.2f ms",
                        now_ms() - begun);
        return;
    }
    doctor->is_ill = true;
    cli_doctor_find(doctor, CLI_DOCTOR_NO, "1 + 1", "did not give 2");
}

/* How many at once, up to MANY. */
static void find_room(struct cli_doctor *doctor, viv_image *image)
{
    viv_sandbox *many[MANY];
    viv_error err = {0};
    double begun = now_ms(), each;
    int count = 0;

    while (count < MANY &&
           viv_sandbox_from(image, NULL, &many[count], &err) == 0)
        count++;
    each = (now_ms() - begun) * 1e3 / (count + !count);
    if (count == MANY)
        cli_doctor_find(doctor, CLI_DOCTOR_OK, "sandboxes",
                        "%d at once, %.0f us each to start", count, each);
    else
        cli_doctor_find(doctor, CLI_DOCTOR_PART, "sandboxes",
                        "%d at once, and then: %s", count, err.text);
    while (count > 0)
        viv_sandbox_free(many[--count]);
}

/* ------------------------------------------------------------------------
 * Modules.
 */

/* What went wrong, in one line of it. */
static void find_failure(struct cli_doctor *doctor, const char *name,
                         enum cli_doctor_mark mark, const char *when,
                         const viv_python_result *result)
{
    const char *message = result->message;

    if (result->outcome.kind != VIV_RAISED)
        cli_doctor_find(doctor, CLI_DOCTOR_NO, name, "%s: it does not end well",
                        when);
    else
        cli_doctor_find(doctor, mark, name, "%s: %s: %.*s", when, result->type,
                        (int)strcspn(message, "\n"), message);
}

static void find_module(struct cli_doctor *doctor, viv_sandbox *sandbox,
                        const char *name, const char *use)
{
    viv_python_result result;
    char text[100];
    double begun = now_ms();

    snprintf(text, sizeof(text), "import %s", name);
    if (run(sandbox, text, &result) != 0)
        return;
    if (result.outcome.kind != VIV_RETURNED) {
        find_failure(doctor, name, CLI_DOCTOR_NO, "import", &result);
        return;
    }
    if (run(sandbox, use, &result) != 0)
        return;
    if (result.outcome.kind != VIV_RETURNED)
        find_failure(doctor, name, CLI_DOCTOR_PART, "in use", &result);
    else
        cli_doctor_find(doctor, CLI_DOCTOR_OK, name, "works, in %.1f ms",
                        now_ms() - begun);
}

/* Each in a Python that is fresh. */
static void find_modules(struct cli_doctor *doctor, viv_sandbox *sandbox)
{
    viv_error err;

    for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
        if (viv_sandbox_reset(sandbox, &err) == 0)
            find_module(doctor, sandbox, modules[i].name, modules[i].use);
}

void cli_doctor_python(struct cli_doctor *doctor)
{
    const char *folder = cli_python_folder();
    viv_sandbox *sandbox = NULL;
    viv_image *image;
    viv_error err;
    double begun = now_ms();

    if (viv_python_load(folder, NULL, 0, &image, &err) < 0) {
        doctor->is_ill = true;
        cli_doctor_find(doctor, CLI_DOCTOR_NO, "guest",
                        "%s; guests/python/build makes one", err.text);
        return;
    }
    cli_doctor_find(doctor, CLI_DOCTOR_OK, "guest", "%s, loaded in %.2f ms",
                    folder != NULL ? folder : "where it was installed",
                    now_ms() - begun);
    if (cli_python_start(image, "", 0, NULL, &sandbox) == 0) {
        find_sum(doctor, sandbox);
        find_versions(doctor, sandbox);
        find_room(doctor, image);
        find_modules(doctor, sandbox);
    }
    viv_sandbox_free(sandbox);
    viv_image_unref(image);
}
