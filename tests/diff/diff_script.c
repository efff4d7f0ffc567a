/* diff_script.c - values and lines of a script, as Vivarium has them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff_script.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *read_text(const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text;
    long len;

    if (in == NULL || fseek(in, 0, SEEK_END) < 0 || (len = ftell(in)) < 0) {
        perror(path);
        exit(2);
    }
    rewind(in);
    text = malloc((size_t)len + 1);
    if (text == NULL || fread(text, 1, (size_t)len, in) != (size_t)len) {
        perror(path);
        exit(2);
    }
    fclose(in);
    text[len] = '\0';
    return text;
}

static void cut(struct diff_line *line, char *text)
{
    char *rest, *word = strtok_r(text, " ", &rest);

    line->count = 0;
    while (word && line->count < DIFF_SCRIPT_WORDS) {
        line->word[line->count++] = word;
        word = strtok_r(NULL, " ", &rest);
    }
}

void diff_script_read(struct diff_script *script, const char *path)
{
    char *rest, *line;
    size_t lines = 1, i;

    script->text = read_text(path);
    for (i = 0; script->text[i]; i++)
        lines += script->text[i] == '\n';
    script->lines = calloc(lines, sizeof(*script->lines));
    if (script->lines == NULL)
        exit(2);
    script->count = 0;
    line = strtok_r(script->text, "\n", &rest);
    while (line) {
        cut(&script->lines[script->count++], line);
        line = strtok_r(NULL, "\n", &rest);
    }
}

void diff_script_free(struct diff_script *script)
{
    free(script->text);
    free(script->lines);
}

static uint8_t type_of(char letter)
{
    static const char letters[] = "iIfFvre";
    static const uint8_t types[] = {VIV_I32,      VIV_I64,  VIV_F32,
                                    VIV_F64,      VIV_V128, VIV_FUNCREF,
                                    VIV_EXTERNREF};

    return types[strchr(letters, letter) - letters];
}

uint32_t diff_script_types(const char *letters, size_t count,
                           uint8_t *ret_types)
{
    size_t i;

    for (i = 0; i < count; i++)
        ret_types[i] = type_of(letters[i]);
    return (uint32_t)count;
}

viv_value diff_script_value(char type, const char *bits)
{
    viv_value value = {.v128 = {0}};

    value.i64 = strtoull(bits, NULL, 16);
    if (type == 'r')
        value.ref = 0;
    return value;
}

void diff_script_print(FILE *out, char type, viv_value value)
{
    if ((type == 'f' && isnan(value.f32)) || (type == 'F' && isnan(value.f64)))
        fprintf(out, " %c:nan", type);
    else if (type == 'i' || type == 'f')
        fprintf(out, " %c:%x", type, value.i32);
    else if (type == 'r' && value.ref == 0)
        fprintf(out, " r:null");
    else if (type == 'r')
        fprintf(out, " r:%u", (uint32_t)value.ref - 1);
    else
        fprintf(out, " %c:%llx", type, (unsigned long long)value.i64);
}
