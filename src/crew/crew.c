/* crew.c - worker processes instead of threads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "base/base_text.h"
#include "crew/crew_keeper.h"
#include "crew/crew_task.h"
#include "os/os_process.h"
#include "os/os_spawn.h"
#include "pool/pool_list.h"

static struct pool_job *job_of(struct pool_turn_item *item)
{
    return (struct pool_job *)item; /* its first member */
}

/* ------------------------------------------------------------------------
 * Queues.  Under the lock.
 */

static struct crew_keeper *keeper_of_key(struct crew *crew, const char *key)
{
    return &crew->keepers[pool_map_hash_key(key) % crew->count];
}

static bool has_room(const struct crew *crew, const struct crew_keeper *keeper)
{
    return keeper->is_open && !keeper->is_full &&
           keeper->shorts < CREW_SHORTS_MAX &&
           keeper->shorts < crew->charter.max;
}

/* Of those who could take a job, the one with the fewest. */
static struct crew_keeper *best(struct crew *crew)
{
    struct crew_keeper *found = NULL;

    for (uint32_t n = 0; n < crew->count; n++) {
        struct crew_keeper *keeper = &crew->keepers[n];

        if (has_room(crew, keeper) &&
            (found == NULL || keeper->shorts < found->shorts))
            found = keeper;
    }
    return found;
}

static void add_mine(struct crew_keeper *keeper, struct pool_job *job)
{
    job->turn.next = NULL;
    *keeper->mine_end = &job->turn;
    keeper->mine_end = &job->turn.next;
}

static void remove_mine(struct crew_keeper *keeper, struct pool_turn_item **at)
{
    struct pool_turn_item *item = *at;

    *at = item->next;
    if (*at == NULL)
        keeper->mine_end = at;
}

static bool is_any_open(const struct crew *crew)
{
    for (uint32_t n = 0; n < crew->count; n++)
        if (crew->keepers[n].is_open)
            return true;
    return false;
}

/* When none is open one has to see whether that will ever be otherwise. */
static void poke_best(struct crew *crew)
{
    struct crew_keeper *keeper = best(crew);

    if (keeper == NULL && !is_any_open(crew))
        keeper = &crew->keepers[0];
    if (keeper != NULL)
        crew_keeper_poke(keeper);
}

static void add(struct crew *crew, struct pool_job *job)
{
    if (job->key != NULL) {
        struct crew_keeper *keeper = keeper_of_key(crew, job->key);

        add_mine(keeper, job);
        crew_keeper_poke(keeper);
        return;
    }
    pool_turn_add(&crew->turn, &job->turn,
                  job->task.priority == VIV_BATCH ? POOL_TURN_BATCH
                                                  : POOL_TURN_SHORT);
    crew->waiting++;
    poke_best(crew);
}

/* The first whose session nobody is in. */
static struct pool_job *take_mine(struct crew_keeper *keeper)
{
    struct pool_turn_item **at = &keeper->mine, *item;

    while (*at != NULL && crew_keeper_has_key(keeper, job_of(*at)->key))
        at = &(*at)->next;
    item = *at;
    if (item == NULL)
        return NULL;
    remove_mine(keeper, at);
    return job_of(item);
}

/* The first of those without a key, unless it is better left to another. */
static struct pool_job *take_any(struct crew *crew, struct crew_keeper *keeper)
{
    struct crew_keeper *other = best(crew);

    if (crew->waiting == 0 || other == NULL)
        return NULL;
    if (!has_room(crew, keeper) || keeper->shorts > other->shorts) {
        crew_keeper_poke(other);
        return NULL;
    }
    crew->waiting--;
    return job_of(pool_turn_take(&crew->turn));
}

static struct pool_job *take(struct crew *crew, struct crew_keeper *keeper,
                             bool is_mine)
{
    if (!is_mine)
        return take_any(crew, keeper);
    return has_room(crew, keeper) ? take_mine(keeper) : NULL;
}

/* Those with and those without a key by turns. */
struct pool_job *crew_take(struct crew *crew, struct crew_keeper *keeper)
{
    struct pool_job *job;

    pthread_mutex_lock(&crew->carrier->lock);
    job = take(crew, keeper, !keeper->was_mine);
    if (job == NULL)
        job = take(crew, keeper, keeper->was_mine);
    if (job != NULL) {
        keeper->was_mine = job->key != NULL;
        keeper->shorts++;
    }
    pthread_mutex_unlock(&crew->carrier->lock);
    return job;
}

static bool is_cancelled(const struct pool_turn_item *item)
{
    return atomic_load(&((const struct pool_job *)item)->is_cancelled);
}

static bool is_any(const struct pool_turn_item *item)
{
    (void)item;
    return true;
}

static struct pool_turn_item *reject_mine(struct crew_keeper *keeper,
                                          pool_turn_is *is)
{
    struct pool_turn_item **at = &keeper->mine, *item;

    while (*at != NULL && !is(*at))
        at = &(*at)->next;
    item = *at;
    if (item != NULL)
        remove_mine(keeper, at);
    return item;
}

struct pool_job *crew_reject(struct crew *crew, struct crew_keeper *keeper,
                             enum crew_which which)
{
    pool_turn_is *is = which == CREW_CANCELLED ? is_cancelled : is_any;
    struct pool_turn_item *item;

    pthread_mutex_lock(&crew->carrier->lock);
    item = reject_mine(keeper, is);
    if (item == NULL && (which != CREW_STRANDED || !is_any_open(crew))) {
        item = pool_turn_sift(&crew->turn, is);
        crew->waiting -= item != NULL;
    }
    pthread_mutex_unlock(&crew->carrier->lock);
    return item != NULL ? job_of(item) : NULL;
}

void crew_say(struct crew *crew, struct crew_keeper *keeper, bool is_open,
              bool is_full, uint32_t shorts)
{
    pthread_mutex_lock(&crew->carrier->lock);
    keeper->is_open = is_open;
    keeper->is_full = is_full;
    keeper->shorts = shorts;
    pthread_mutex_unlock(&crew->carrier->lock);
}

/* ------------------------------------------------------------------------
 * Crews.
 */

static void poke_all(struct crew *crew)
{
    for (uint32_t n = 0; n < crew->count; n++)
        crew_keeper_poke(&crew->keepers[n]);
}

/* Under the pool's lock. */
static void was_closed(struct pool_watch *watch)
{
    struct crew *crew = (struct crew *)watch;

    atomic_store(&crew->is_closed, true);
    poke_all(crew);
}

/* Its keepers have ended, or never began. */
static void free_crew(struct crew *crew)
{
    crew_charter_fini(&crew->charter);
    base_free(crew->keepers);
    base_free(crew);
}

static struct crew *find(struct crew_carrier *carrier, const struct pool *pool)
{
    struct crew *crew = carrier->crews;

    while (crew != NULL && crew->pool != pool)
        crew = crew->next;
    return crew;
}

static void end_keepers(struct crew *crew)
{
    for (uint32_t n = 0; n < crew->count; n++)
        crew_keeper_end(&crew->keepers[n]);
}

static void end_crew(struct crew *crew)
{
    atomic_store(&crew->is_over, true);
    poke_all(crew);
    end_keepers(crew);
    free_crew(crew);
}

static int start_keepers(struct crew *crew, viv_error *err)
{
    int code = 0;

    for (uint32_t n = 0; n < crew->count && code == 0; n++)
        code = crew_keeper_start(&crew->keepers[n], crew, n, err);
    return code;
}

static int fill_crew(struct crew *crew, viv_error *err)
{
    uint32_t count = crew->carrier->workers, max = crew->pool->config.max;
    int code;

    if (count > max)
        count = max;
    crew->keepers = base_alloc_zero(count, sizeof(*crew->keepers));
    if (crew->keepers == NULL)
        return base_error_memory(err);
    crew->count = count;
    code = crew_charter_init(&crew->charter, crew->pool, crew->count,
                             crew->carrier->slice_ns, err);
    return code < 0 ? code : start_keepers(crew, err);
}

static int new_crew(struct crew_carrier *carrier, struct pool *pool,
                    struct crew **ret_crew, viv_error *err)
{
    struct crew *crew = base_alloc_zero(1, sizeof(*crew));
    int code;

    if (crew == NULL)
        return base_error_memory(err);
    crew->watch.closed = was_closed;
    crew->carrier = carrier;
    crew->pool = pool;
    code = fill_crew(crew, err);
    if (code == 0 && !pool_watch(pool, &crew->watch))
        code = base_error(err, VIV_ECLOSED, "the pool \"%s\" is closed",
                          pool->name);
    if (code < 0)
        end_crew(crew);
    else
        *ret_crew = crew;
    return code;
}

static void leave(struct crew *crew)
{
    pool_unwatch(crew->pool, &crew->watch);
    end_crew(crew);
}

/* ------------------------------------------------------------------------
 * The carrier.
 */

static struct crew *find_locked(struct crew_carrier *carrier,
                                const struct pool *pool)
{
    struct crew *crew;

    pthread_mutex_lock(&carrier->lock);
    crew = find(carrier, pool);
    pthread_mutex_unlock(&carrier->lock);
    return crew;
}

/* Of two that come at once one is in the list. */
static struct crew *join(struct crew_carrier *carrier, struct crew *crew)
{
    struct crew *first;

    pthread_mutex_lock(&carrier->lock);
    first = find(carrier, crew->pool);
    if (first == NULL) {
        crew->next = carrier->crews;
        carrier->crews = crew;
    }
    pthread_mutex_unlock(&carrier->lock);
    if (first == NULL)
        return crew;
    leave(crew);
    return first;
}

/* A crew whose pool has no owner any more, and so no job. */
static struct crew *take_idle(struct crew_carrier *carrier)
{
    struct crew **at = &carrier->crews, *crew;

    pthread_mutex_lock(&carrier->lock);
    while (*at != NULL && atomic_load(&(*at)->pool->owners) > 0)
        at = &(*at)->next;
    crew = *at;
    if (crew != NULL)
        *at = crew->next;
    pthread_mutex_unlock(&carrier->lock);
    return crew;
}

static int check_task(const struct pool_job *job, viv_error *err)
{
    const viv_call_task *call = job->task.cookie;

    if (job->kind == POOL_JOB_OTHER)
        return base_error(err, VIV_EUNSUPPORTED,
                          "a worker process takes the tasks of "
                          "viv_task_of_call() and viv_task_of_python() only");
    if (job->kind == POOL_JOB_CALL && (call->arg_count > CREW_VALUES_MAX ||
                                       call->result_count > CREW_VALUES_MAX))
        return base_error(err, VIV_EINVAL,
                          "%zu arguments and %zu results; no function has more "
                          "than %d",
                          call->arg_count, call->result_count, CREW_VALUES_MAX);
    return 0;
}

static int accept_job(struct pool_carrier *carrier_, struct pool_job *job,
                      viv_error *err)
{
    struct crew_carrier *carrier = (struct crew_carrier *)carrier_;
    struct crew *crew = find_locked(carrier, job->pool), *idle;
    int code = check_task(job, err);

    if (code == 0 && crew == NULL) {
        while ((idle = take_idle(carrier)) != NULL)
            leave(idle);
        code = new_crew(carrier, job->pool, &crew, err);
        if (code == 0)
            crew = join(carrier, crew);
    }
    job->carried = crew;
    return code;
}

static void carry(struct pool_carrier *carrier, struct pool_job *job)
{
    pthread_mutex_lock(&((struct crew_carrier *)carrier)->lock);
    add(job->carried, job);
    pthread_mutex_unlock(&((struct crew_carrier *)carrier)->lock);
}

static void look(struct pool_carrier *carrier_)
{
    struct crew_carrier *carrier = (struct crew_carrier *)carrier_;

    pthread_mutex_lock(&carrier->lock);
    for (struct crew *crew = carrier->crews; crew != NULL; crew = crew->next)
        poke_all(crew);
    pthread_mutex_unlock(&carrier->lock);
}

static void end(struct pool_carrier *carrier_)
{
    struct crew_carrier *carrier = (struct crew_carrier *)carrier_;
    struct crew *crew;

    while ((crew = carrier->crews) != NULL) {
        carrier->crews = crew->next;
        leave(crew);
    }
    crew_carrier_free(carrier);
}

/* Or it would start workers, which start workers, without end. */
static int check_here(viv_error *err)
{
    return os_spawn_is_child()
               ? base_error(err, VIV_EINVAL,
                            "this process is to be a worker: its main() has to "
                            "begin with viv_worker_main()")
               : 0;
}

int crew_carrier_new(const viv_executor_config *config,
                     struct crew_carrier **ret_carrier, viv_error *err)
{
    struct crew_carrier *carrier;
    struct os_program program;
    int code = check_here(err);

    if (code == 0)
        code = os_process_find(config->worker, &program, err);
    if (code < 0)
        return code;
    carrier = base_alloc_zero(1, sizeof(*carrier));
    if (carrier == NULL)
        return base_error_memory(err);
    carrier->carrier = (struct pool_carrier){accept_job, carry, look, end};
    carrier->program = base_text_copy(program.path);
    carrier->workers = config->threads;
    carrier->slice_ns = config->slice_ns;
    pthread_mutex_init(&carrier->lock, NULL);
    if (carrier->program == NULL) {
        crew_carrier_free(carrier);
        return base_error_memory(err);
    }
    *ret_carrier = carrier;
    return 0;
}

void crew_carrier_free(struct crew_carrier *carrier)
{
    pthread_mutex_destroy(&carrier->lock);
    base_free(carrier->program);
    base_free(carrier);
}

void crew_set_executor(struct crew_carrier *carrier,
                       struct pool_executor *executor)
{
    carrier->executor = executor;
}
