/* cli_image.c - `viv image`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "cli_json.h"

static bool json;

static const struct cli_option options[] = {
    {"--json", NULL, "inspect: as JSON", CLI_FLAG, &json},
    {NULL, NULL, NULL, CLI_FLAG, NULL},
};

static int run(int argc, char **argv);

const struct cli_command cli_image = {
    .name = "image",
    .usage = "build FOLDER | inspect FILE | verify FILE",
    .summary = "Make the image of a Python guest, or look at one of any guest",
    .options = options,
    .run = run,
};

static const char *kind_name(uint32_t kind)
{
    static const char *const names[] = {
        [VIV_FILE_IMAGE] = "a whole image",
        [VIV_FILE_DELTA] = "an image, as its difference from another",
        [VIV_FILE_SANDBOX] = "a sandbox, as its difference from an image",
        [VIV_FILE_PLACED] = "a whole image, to be used where it lies",
    };

    return names[kind];
}

static bool is_delta(const viv_image_file *file)
{
    return file->kind == VIV_FILE_DELTA || file->kind == VIV_FILE_SANDBOX;
}

static void to_hex(const uint8_t digest[32], char ret_text[65])
{
    for (int i = 0; i < 32; i++)
        snprintf(ret_text + 2 * i, 3, "%02x", digest[i]);
}

static void print(const viv_image_file *file)
{
    char hex[65];

    printf("kind     %s\n", kind_name(file->kind));
    printf("format   %" PRIu32 "\n", file->version);
    printf("file     %" PRIu64 " bytes\n", file->file_bytes);
    printf("memory   %" PRIu64 " bytes\n", file->memory_bytes);
    printf("state    %" PRIu64 " bytes\n", file->state_bytes);
    printf("stored   %" PRIu64 " bytes\n", file->stored_bytes);
    to_hex(file->module, hex);
    printf("module   %s\n", hex);
    to_hex(file->digest, hex);
    printf("digest   %s\n", hex);
    to_hex(file->over, hex);
    if (is_delta(file))
        printf("over     %s\n", hex);
}

static void print_json(const viv_image_file *file)
{
    struct cli_json out = {.to = stdout};
    char hex[65];

    cli_json_open(&out, NULL, '{');
    cli_json_text(&out, "kind", kind_name(file->kind));
    cli_json_number(&out, "format", file->version);
    cli_json_number(&out, "file_bytes", (int64_t)file->file_bytes);
    cli_json_number(&out, "memory_bytes", (int64_t)file->memory_bytes);
    cli_json_number(&out, "state_bytes", (int64_t)file->state_bytes);
    cli_json_number(&out, "stored_bytes", (int64_t)file->stored_bytes);
    to_hex(file->module, hex);
    cli_json_text(&out, "module", hex);
    to_hex(file->digest, hex);
    cli_json_text(&out, "digest", hex);
    to_hex(file->over, hex);
    cli_json_text(&out, "over", is_delta(file) ? hex : NULL);
    cli_json_close(&out, '}');
    putchar('\n');
}

static int build(const char *folder)
{
    viv_error err;

    return viv_python_build(folder, &err) < 0 ? cli_fail(&err) : CLI_OK;
}

static int inspect(const char *path)
{
    viv_image_file file;
    viv_error err;

    if (viv_image_look(path, NULL, &file, &err) < 0)
        return cli_fail_file(path, &err);
    if (json)
        print_json(&file);
    else
        print(&file);
    return CLI_OK;
}

static int verify(const char *path)
{
    viv_error err;

    if (viv_image_verify(path, NULL, &err) < 0)
        return cli_fail_file(path, &err);
    printf("%s: ok\n", path);
    return CLI_OK;
}

static const struct {
    const char *name;
    int (*run)(const char *path);
} verbs[] = {
    {"build", build},
    {"inspect", inspect},
    {"verify", verify},
};

static int run(int argc, char **argv)
{
    int r = cli_options_parse(&cli_image, &argc, argv, false);

    if (r != CLI_OK)
        return r;
    for (size_t i = 0; argc == 2 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(argv[0], verbs[i].name) == 0)
            return verbs[i].run(argv[1]);
    return cli_usage(&cli_image, "build, inspect or verify what?");
}
