/* stress_place.c - places from which any worker may take.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stress.h"

enum { IMAGES = 4, PROMISES = 256, JOBS = 128, TARGETS = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ------------------------------------------------------------------------
 * Images: replaced from time to time.
 */

static struct stress_image images[STRESS_MODULES][IMAGES];

static struct stress_image make_image(unsigned module)
{
    struct stress_image image = {.module = module};
    struct stress_box box;

    EXPECT(stress_box_new(module, &box));
    image.tag = box.tag;
    image.image = stress_box_freeze(&box);
    stress_box_free(&box);
    return image;
}

void stress_place_init(void)
{
    unsigned module, i;

    for (module = 0; module < STRESS_MODULES; module++)
        for (i = 0; i < IMAGES; i++)
            images[module][i] = make_image(module);
}

struct stress_image stress_place_image(unsigned module, uint32_t choice)
{
    struct stress_image result;

    pthread_mutex_lock(&lock);
    result = images[module][choice % IMAGES];
    viv_image_ref(result.image);
    pthread_mutex_unlock(&lock);
    return result;
}

void stress_place_put_image(struct stress_image image, uint32_t choice)
{
    struct stress_image *place = &images[image.module][choice % IMAGES];
    struct stress_image old;

    pthread_mutex_lock(&lock);
    old = *place;
    *place = image;
    pthread_mutex_unlock(&lock);
    viv_image_unref(old.image);
}

void stress_place_fini(void)
{
    unsigned module, i;

    for (module = 0; module < STRESS_MODULES; module++)
        for (i = 0; i < IMAGES; i++) {
            viv_image_unref(images[module][i].image);
            images[module][i].image = NULL;
        }
}

/* ------------------------------------------------------------------------
 * Promises and jobs.
 */

static struct stress_promise promises[PROMISES];
static struct stress_job jobs[JOBS];
static uint32_t promise_count, job_count;

bool stress_place_put_promise(struct stress_promise promise)
{
    bool has_room;

    pthread_mutex_lock(&lock);
    has_room = promise_count < PROMISES;
    if (has_room)
        promises[promise_count++] = promise;
    pthread_mutex_unlock(&lock);
    return has_room;
}

/* The oldest, so that none waits for ever. */
bool stress_place_take_promise(struct stress_promise *ret_promise)
{
    bool has_one;

    pthread_mutex_lock(&lock);
    has_one = promise_count > 0;
    if (has_one) {
        *ret_promise = promises[0];
        memmove(promises, promises + 1, --promise_count * sizeof(promises[0]));
    }
    pthread_mutex_unlock(&lock);
    return has_one;
}

bool stress_place_put_job(const struct stress_job *job)
{
    bool has_room;

    pthread_mutex_lock(&lock);
    has_room = job_count < JOBS;
    if (has_room)
        jobs[job_count++] = *job;
    pthread_mutex_unlock(&lock);
    return has_room;
}

bool stress_place_take_job(struct stress_job *ret_job, uint32_t choice)
{
    bool has_one;

    pthread_mutex_lock(&lock);
    has_one = job_count > 0;
    if (has_one) {
        *ret_job = jobs[choice % job_count];
        jobs[choice % job_count] = jobs[job_count - 1];
        job_count--;
    }
    pthread_mutex_unlock(&lock);
    return has_one;
}

/* ------------------------------------------------------------------------
 * Targets: the lock keeps whoever cancels and whoever frees apart.
 */

static struct target {
    pthread_mutex_t lock;
    viv_sandbox *sandbox;
} targets[TARGETS] = {[0 ... TARGETS - 1] = {PTHREAD_MUTEX_INITIALIZER, NULL}};

static void set_target(uint32_t place, viv_sandbox *sandbox)
{
    struct target *target = &targets[place % TARGETS];

    pthread_mutex_lock(&target->lock);
    target->sandbox = sandbox;
    pthread_mutex_unlock(&target->lock);
}

void stress_place_publish(uint32_t place, viv_sandbox *sandbox)
{
    set_target(place, sandbox);
}

void stress_place_withdraw(uint32_t place)
{
    set_target(place, NULL);
}

void stress_place_cancel(uint32_t choice)
{
    struct target *target = &targets[choice % TARGETS];

    pthread_mutex_lock(&target->lock);
    if (target->sandbox != NULL) {
        int code = viv_call_cancel(target->sandbox);

        EXPECT(code == 0 || code == VIV_ENOCALL);
    }
    pthread_mutex_unlock(&target->lock);
}
