/* cli_json.h - JSON, written piece by piece.
 *
 *     struct cli_json json = {.to = stdout};
 *
 *     cli_json_open(&json, NULL, '{');
 *     cli_json_number(&json, "calls", 1);
 *     cli_json_open(&json, "frames", '[');
 *     cli_json_close(&json, ']');
 *     cli_json_close(&json, '}');
 *
 * In a list `name` is NULL.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct cli_json {
    FILE *to;
    bool is_after; /* something stands before it on this level */
};

void cli_json_open(struct cli_json *json, const char *name, char bracket);
void cli_json_close(struct cli_json *json, char bracket);

/* Bytes as text: what is not UTF-8 becomes U+FFFD.  NULL is null. */
void cli_json_bytes(struct cli_json *json, const char *name, const char *bytes,
                    size_t len);
void cli_json_text(struct cli_json *json, const char *name, const char *text);

void cli_json_number(struct cli_json *json, const char *name, int64_t number);
void cli_json_bool(struct cli_json *json, const char *name, bool value);

#endif /* CLI_JSON_H */
