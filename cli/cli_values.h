/* cli_values.h - values as words of a command line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_VALUES_H
#define CLI_VALUES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "vivarium.h"

/* "i32" and so on. */
const char *cli_type_name(uint8_t type);

/* Read `text` as a value of `type`: integers in decimal or 0x..., signed or
 * unsigned; floats as C writes them; v128 as 32 hexadecimal digits, first byte
 * first; references as `null` or a number.  False if it is none. */
bool cli_value_parse(const char *text, uint8_t type, viv_value *ret_value);

/* Print it so that cli_value_parse() reads it back. */
void cli_value_print(FILE *to, const viv_value *value, uint8_t type);

#endif /* CLI_VALUES_H */
