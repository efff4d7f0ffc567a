/* data_check.h - is this one value?
 *
 * Floor 1.  vivarium.h has the manual: this is viv_data_check().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_CHECK_H
#define DATA_CHECK_H

#include "data/data_format.h"

int data_check(const void *bytes, size_t len, viv_error *err);

#endif /* DATA_CHECK_H */
