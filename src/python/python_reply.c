/* python_reply.c - what the guest said a run or call gave.
 *
 * SECURITY.  The bytes are the guest's.  They are checked as a whole first, so
 * that what is read below is at least a value; whether it is the one that
 * should be there is asked of each item.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_reply.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "data/data_check.h"
#include "data/data_read.h"
#include "python/python_door.h"

/* A guest shows no more of them. */
#define FRAMES_MAX 1000

static int nonsense(viv_error *err)
{
    return base_error(err, VIV_EFORMAT,
                      "the guest's reply makes no sense: its Python was "
                      "tampered with");
}

/* ------------------------------------------------------------------------
 * Parts.
 */

/* The next item must be of `kind`. */
static bool next(viv_reader *reader, uint32_t kind, viv_item *ret_item)
{
    return data_read(reader, ret_item, NULL) == 0 && ret_item->kind == kind;
}

/* Texts are kept by their places, as the buffer may move while it grows. */
static bool next_text(struct python_box *box, viv_reader *reader,
                      size_t *ret_at)
{
    viv_item item;

    if (!next(reader, VIV_DATA_TEXT, &item))
        return false;
    *ret_at = box->texts.len;
    base_buf_bytes(&box->texts, item.bytes, item.len);
    base_buf_char(&box->texts, '\0');
    return !box->texts.failed;
}

static const char *text_at(const struct python_box *box, size_t at)
{
    return box->texts.at + at;
}

static bool have_frames(struct python_box *box, size_t count)
{
    viv_python_frame *frames;

    if (count <= box->frame_room)
        return true;
    frames = base_alloc_array(box->frames, count, sizeof(*frames));
    if (frames == NULL)
        return false;
    box->frames = frames;
    box->frame_room = count;
    return true;
}

/* ------------------------------------------------------------------------
 * Replies.
 */

static int read_returned(struct python_box *box, viv_reader *reader,
                         viv_python_result *result, viv_error *err)
{
    viv_item has, text;
    const uint8_t *value = NULL, *end = NULL;
    size_t at;

    if (!next(reader, VIV_DATA_BOOL, &has))
        return nonsense(err);
    value = reader->at;
    if (data_read_skip(reader, NULL) < 0)
        return nonsense(err);
    end = reader->at;
    if (has.integer != 0) {
        result->value = value;
        result->value_len = (size_t)(end - value);
    }
    if (data_read(reader, &text, NULL) < 0)
        return nonsense(err);
    if (text.kind == VIV_DATA_NONE)
        return 0;
    reader->at = end;
    if (!next_text(box, reader, &at))
        return nonsense(err);
    result->text = text_at(box, at);
    result->text_len = box->texts.len - at - 1;
    return 0;
}

/* Where the texts of a frame are, until all are there. */
struct places {
    size_t file, function;
};

static bool read_frame(struct python_box *box, viv_reader *reader,
                       struct places *ret_places, uint32_t *ret_line)
{
    viv_item tuple, line;

    if (!next(reader, VIV_DATA_TUPLE, &tuple) || tuple.count != 3 ||
        !next_text(box, reader, &ret_places->file) ||
        !next(reader, VIV_DATA_INT, &line) ||
        !next_text(box, reader, &ret_places->function))
        return false;
    *ret_line = line.integer > 0 && line.integer <= UINT32_MAX
                    ? (uint32_t)line.integer
                    : 0;
    return true;
}

static int read_frames(struct python_box *box, viv_reader *reader,
                       viv_python_result *result, viv_error *err)
{
    struct places places[FRAMES_MAX];
    viv_item list;
    size_t i;

    if (!next(reader, VIV_DATA_LIST, &list) || list.count > FRAMES_MAX)
        return nonsense(err);
    if (!have_frames(box, list.count))
        return base_error_memory(err);
    for (i = 0; i < list.count; i++)
        if (!read_frame(box, reader, &places[i], &box->frames[i].line))
            return nonsense(err);
    for (i = 0; i < list.count; i++) {
        box->frames[i].file = text_at(box, places[i].file);
        box->frames[i].function = text_at(box, places[i].function);
    }
    result->frames = box->frames;
    result->frame_count = list.count;
    return 0;
}

static int read_raised(struct python_box *box, viv_reader *reader,
                       viv_python_result *result, viv_error *err)
{
    size_t type, message, traceback;
    int code;

    if (!next_text(box, reader, &type) || !next_text(box, reader, &message) ||
        !next_text(box, reader, &traceback))
        return box->texts.failed ? base_error_memory(err) : nonsense(err);
    code = read_frames(box, reader, result, err);
    if (code < 0)
        return code;
    result->outcome.kind = VIV_RAISED;
    result->type = text_at(box, type);
    result->message = text_at(box, message);
    result->traceback = text_at(box, traceback);
    return 0;
}

static int read_exited(viv_reader *reader, viv_python_result *result,
                       viv_error *err)
{
    viv_item exit_code;

    if (!next(reader, VIV_DATA_INT, &exit_code))
        return nonsense(err);
    result->outcome.kind = VIV_EXITED;
    result->outcome.exit_code = (int32_t)exit_code.integer;
    return 0;
}

int python_reply_read(struct python_box *box, viv_python_result *result,
                      viv_error *err)
{
    viv_reader reader;
    viv_item list, kind;

    if (data_check(box->reply.at, box->reply.len, NULL) < 0)
        return nonsense(err);
    data_read_init(&reader, box->reply.at, box->reply.len);
    if (!next(&reader, VIV_DATA_LIST, &list) ||
        !next(&reader, VIV_DATA_INT, &kind))
        return nonsense(err);
    base_buf_clear(&box->texts);
    if (kind.integer == PYTHON_DOOR_RETURNED && list.count == 4)
        return read_returned(box, &reader, result, err);
    if (kind.integer == PYTHON_DOOR_RAISED && list.count == 5)
        return read_raised(box, &reader, result, err);
    if (kind.integer == PYTHON_DOOR_EXITED && list.count == 2)
        return read_exited(&reader, result, err);
    if (kind.integer == PYTHON_DOOR_IDLE && box->may_be_idle)
        return base_error(err, VIV_ENOCALL,
                          "the guest has nothing to go on with");
    return nonsense(err);
}
