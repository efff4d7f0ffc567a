/* python_answer.c - what the host answers, as it is written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_answer.h"

#include <string.h>

#include "data/data_write.h"
#include "python/python_door.h"

/* The head: what follows are so many items less one, the kind. */
static void begin(viv_writer *writer, int64_t id, int kind, size_t parts)
{
    data_write_clear(writer);
    if (id == PYTHON_ANSWER_CALL) {
        data_write_list(writer, parts);
    } else {
        data_write_list(writer, parts + 1);
        data_write_int(writer, id);
    }
    data_write_int(writer, kind);
}

void python_answer_begin(viv_writer *writer, int64_t id)
{
    begin(writer, id, PYTHON_DOOR_GOOD, 2);
}

void python_answer_raise(viv_writer *writer, int64_t id, const char *type,
                         const char *message)
{
    begin(writer, id, PYTHON_DOOR_BAD, 3);
    data_write_text(writer, type, strlen(type));
    data_write_text(writer, message, strlen(message));
}
