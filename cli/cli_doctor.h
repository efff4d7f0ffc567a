/* cli_doctor.h - what `viv doctor` finds.
 *
 * Every finding is a line for people, or an object in a list of JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli_json.h"

enum cli_doctor_mark {
    CLI_DOCTOR_OK,
    CLI_DOCTOR_PART, /* it is there, and refuses to do what cannot be */
    CLI_DOCTOR_NO
};

/* Where findings go. */
struct cli_doctor {
    struct cli_json *json; /* NULL: for people */
    bool has_colours;
    bool is_ill; /* something is not there that all depends on */
};

/* `what` is there, or not, or in part; `text` says more. */
void cli_doctor_find(struct cli_doctor *doctor, enum cli_doctor_mark mark,
                     const char *what, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The CPU, the kernel, what this process may have. */
void cli_doctor_machine(struct cli_doctor *doctor);

/* The guest: where, does it start, how many fit, which modules of its library
 * work. */
void cli_doctor_python(struct cli_doctor *doctor);

#endif /* CLI_DOCTOR_H */
