/* data_text.h - a value as Python prints it.
 *
 * Floor 1.  vivarium.h has the manual: this is viv_data_text().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_TEXT_H
#define DATA_TEXT_H

#include "data/data_format.h"

size_t data_text(const void *bytes, size_t len, char *to, size_t size);

#endif /* DATA_TEXT_H */
