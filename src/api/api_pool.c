/* api_pool.c - vivarium.h: pools and their meters.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"
#include "base/base_error.h"
#include "pool/pool.h"
#include "pool/pool_ceiling.h"
#include "pool/pool_meters.h"
#include "pool/pool_text.h"

static struct pool *pool_of(viv_pool *pool)
{
    return (struct pool *)pool;
}

void viv_pool_config_default(viv_pool_config *ret_config)
{
    *ret_config = (viv_pool_config){
        .size = sizeof(viv_pool_config),
        .policy = VIV_POOL_FRESH,
        .max = 64,
        .idle_ns = 60 * VIV_NS_PER_S,
        .recycle_bytes = UINT64_C(64) << 20,
        .recycle_calls = 10000,
        .recycle_ns = 3600 * VIV_NS_PER_S,
    };
}

int viv_pool_new(viv_image *image, const viv_pool_config *config,
                 viv_pool **ret_pool, viv_error *err)
{
    viv_pool_config usual;
    struct pool *pool;
    int code;

    if (image == NULL || ret_pool == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_pool_new() needs an image and a place for the "
                          "pool");
    viv_pool_config_default(&usual);
    code = pool_new(api_image(image), config != NULL ? config : &usual, &pool,
                    err);
    if (code == 0)
        *ret_pool = (viv_pool *)pool;
    return code;
}

viv_pool *viv_pool_ref(viv_pool *pool)
{
    if (pool != NULL)
        pool_ref(pool_of(pool));
    return pool;
}

void viv_pool_unref(viv_pool *pool)
{
    if (pool != NULL)
        pool_unref(pool_of(pool));
}

int viv_pool_acquire(viv_pool *pool, const char *key, uint64_t max_ns,
                     viv_sandbox **ret_sandbox, viv_error *err)
{
    struct sandbox *sandbox;
    int code;

    if (pool == NULL || ret_sandbox == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_pool_acquire() needs a pool and a place for the "
                          "sandbox");
    code = pool_acquire(pool_of(pool), key, max_ns, &sandbox, err);
    if (code == 0)
        *ret_sandbox = (viv_sandbox *)sandbox;
    return code;
}

void viv_pool_release(viv_pool *pool, viv_sandbox *sandbox)
{
    if (pool != NULL)
        pool_release(pool_of(pool), api_sandbox(sandbox));
}

size_t viv_pool_trim(viv_pool *pool)
{
    return pool != NULL ? pool_trim(pool_of(pool)) : 0;
}

void viv_pool_close(viv_pool *pool)
{
    if (pool != NULL)
        pool_close(pool_of(pool));
}

void viv_pool_ceiling(uint64_t count)
{
    pool_ceiling_set(count);
}

void viv_pool_meters_of(viv_pool *pool, viv_pool_meters *ret_meters)
{
    if (pool != NULL)
        pool_meters_read(pool_of(pool), ret_meters);
    else
        *ret_meters = (viv_pool_meters){0};
}

size_t viv_pool_text(viv_pool *pool, char *to, size_t size)
{
    viv_pool_meters meters;

    viv_pool_meters_of(pool, &meters);
    return pool_text(pool != NULL ? pool_of(pool)->name : "", &meters, to,
                     size);
}
