/* python_door.h - what the Python guest and its host say to each other.
 *
 * Floor 8, and compiled into the guest: the only thing that both sides include
 * besides src/data.  Everything crosses as one value in bytes (see vivarium.h),
 * whose first item says what it is.
 *
 * The host writes a REQUEST where viv_room() says and calls viv_do(), which
 * returns where the REPLY lies, and how long it is; 0: the guest has no memory
 * left for one.  While the guest is at it, it may ASK the host by importing:
 *
 *      host                                   guest
 *        |  viv_room(len) -> address            |
 *        |  viv_do(len) ----------------------> |  runs
 *        |  <-------- ask(function, args) ----- |    a host function, waits
 *        |  ---------- answer ----------------> |
 *        |  <-------- begin(id, function, args) |    one that is awaited
 *        |  <-------- park(until) ------------- |    nothing to do until then
 *        |  <---------------- reply PARKED ---- |  its stack is empty
 *        |        (dump, load, another process) |
 *        |  viv_do(GO_ON) --------------------> |  runs on
 *        |  <-------- collect() --------------- |    what was answered
 *        |  <---------------- reply VALUE ----- |
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_DOOR_H
#define PYTHON_DOOR_H

/* What the guest imports its host from. */
#define PYTHON_DOOR_MODULE "vivarium"

/* Requests: a list of this number, the flags, and what is named. */
enum python_door_verb {
    PYTHON_DOOR_RUN = 1,     /* file name, source */
    PYTHON_DOOR_CALL = 2,    /* module, function, list, dict */
    PYTHON_DOOR_DECLARE = 3, /* lists of five: module, name, signature, doc, */
                             /* awaited: functions of the host, in order */
    PYTHON_DOOR_GO_ON = 4    /* nothing */
};

enum python_door_flag {
    /* It has just begun: be unlike all others, and ask again what was asked in
     * another life. */
    PYTHON_DOOR_FRESH = 1,
    PYTHON_DOOR_VALUE = 2,  /* RUN: of the last expression */
    PYTHON_DOOR_TEXT = 4,   /* and what repr() makes of it */
    PYTHON_DOOR_PROGRAM = 8 /* RUN: do what it wants done at its end */
};

/* Replies: a list of this number, and what is named. */
enum python_door_reply {
    PYTHON_DOOR_RETURNED = 0, /* whether there is a value, it, text or None */
    PYTHON_DOOR_RAISED = 1,   /* type, message, traceback, frames: lists of */
                              /* file, line, function, innermost last */
    PYTHON_DOOR_EXITED = 2,   /* code */
    PYTHON_DOOR_PARKED = 3,   /* nothing */
    PYTHON_DOOR_IDLE = 4      /* nothing: there is nothing to go on with */
};

/* Answers of the host: a list of this number, and what is named.  What
 * collect() hands out has the id before it. */
enum python_door_answer {
    PYTHON_DOOR_GOOD = 0, /* value */
    PYTHON_DOOR_BAD = 1   /* type of the exception, message */
};

/* In the number of a function that begins: it was asked in another life. */
#define PYTHON_DOOR_AGAIN 0x80000000u

#endif /* PYTHON_DOOR_H */
