/* python_reply.h - what the guest said a run or call gave.
 *
 * Floor 8.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_REPLY_H
#define PYTHON_REPLY_H

#include "python/python_box.h"
#include "vivarium.h"

/* Read the reply in box->reply into `*ret_result`, whose outcome is that of the
 * guest's function; what it points to is the box's.  VIV_ENOCALL: there is
 * nothing to go on with.  Fails with VIV_EFORMAT, VIV_ENOMEM. */
int python_reply_read(struct python_box *box, viv_python_result *ret_result,
                      viv_error *err);

#endif /* PYTHON_REPLY_H */
