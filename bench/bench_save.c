/* bench_save.c - images and sandboxes to bytes and back; see BENCHMARKS.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/wait.h>

#include "base/base_buf.h"
#include "base/base_check.h"
#include "bench.h"
#include "mem/mem_dirty.h"
#include "mem/mem_image.h"
#include "mem/mem_load.h"
#include "mem/mem_region.h"
#include "mem/mem_save.h"
#include "os/os_map.h"

#define PAGE OS_PAGE_BYTES

/* An image like that of an interpreter after its start, as in bench_reset.c. */
#define STATE_PAGES 4
#define PAGES       5120
#define STORED      1200
#define DIRTY       50
#define GIGABYTE    ((size_t)1 << 30)

static const struct mem_shape shape = {(size_t)1 << 20, (size_t)1 << 20,
                                       STATE_PAGES *PAGE, (size_t)1 << 32,
                                       (size_t)1 << 31};
static const uint8_t identity[32] = "a module";
static const char key[32] = "a secret of 32 bytes";

static struct mem_image *image;
static struct mem_region region;
static struct base_buf saved_image, saved_region;

static uint32_t random_below(uint32_t end)
{
    static uint64_t state = 1;

    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)((state >> 33) % end);
}

static void fill(size_t page)
{
    for (size_t at = 0; at < PAGE; at++)
        mem_dirty_page(&region, page)[at] = (char)random_below(256);
}

/* ------------------------------------------------------------------------
 * Measuring: the least of some rounds of `what`.
 */

static void measure(const char *name, void (*what)(void), void (*after)(void))
{
    uint64_t best = UINT64_MAX;

    for (uint64_t round = 0; round < bench_rounds(100, 2); round++) {
        uint64_t start = bench_now(), took;

        what();
        took = bench_now() - start;
        best = took < best ? took : best;
        after();
    }
    bench_row(name, (double)best / 1000, "us");
}

static void nothing(void)
{
}

/* ------------------------------------------------------------------------
 * Images: freezing, mapping.
 */

static struct mem_image *frozen;
static struct mem_region mapped;

static void freeze(void)
{
    CHECK(mem_image_new(&region, &frozen, NULL) == 0);
}

static void forget_frozen(void)
{
    mem_image_unref(frozen);
}

static void map_and_unmap(void)
{
    CHECK(mem_region_init_image(&mapped, &shape, image, NULL) == 0);
    mem_region_fini(&mapped);
}

static void digest_afresh(void)
{
    image->has_digest = false;
    (void)mem_image_digest(image);
}

static void measure_images(void)
{
    CHECK(mem_region_init(&region, &shape, GIGABYTE, NULL) == 0);
    fill(5);
    fill(PAGES);
    fill(GIGABYTE / PAGE);
    measure("freeze 3 pages of 1 GB", freeze, forget_frozen);
    mem_region_fini(&region);

    CHECK(mem_region_init(&region, &shape, (PAGES - STATE_PAGES) * PAGE,
                          NULL) == 0);
    for (size_t i = 0; i < STORED; i++)
        fill(i < STORED / 2 ? i : random_below(PAGES));
    measure("freeze 4.7 MB of 20 MB", freeze, forget_frozen);
    CHECK(mem_image_new(&region, &image, NULL) == 0);
    mem_region_fini(&region);
    measure("make and free a region", map_and_unmap, nothing);
    measure("digest of 4.7 MB", digest_afresh, nothing);
}

/* ------------------------------------------------------------------------
 * There.
 */

static void save_image(void)
{
    CHECK(mem_save_image(image, NULL, identity, NULL, 0, &saved_image, NULL) ==
          0);
}

static void save_region(void)
{
    CHECK(mem_save_region(&region, identity, NULL, 0, &saved_region, NULL) ==
          0);
}

static void save_region_with_key(void)
{
    CHECK(mem_save_region(&region, identity, key, sizeof(key), &saved_region,
                          NULL) == 0);
}

static void measure_saving(void)
{
    base_buf_init(&saved_image, 64 << 20);
    base_buf_init(&saved_region, 64 << 20);
    CHECK(mem_region_init_image(&region, &shape, image, NULL) == 0);
    for (int i = 0; i < DIRTY; i++)
        fill(random_below(PAGES));
    measure("save 4.7 MB", save_image, nothing);
    measure("save 50 pages with a key", save_region_with_key, nothing);
    measure("save 50 pages", save_region, nothing);
    bench_row("saved 50 pages", (double)saved_region.len, "bytes");
}

/* ------------------------------------------------------------------------
 * And back, in another process, which has nothing but the bytes.
 */

static struct mem_image *loaded;

static void load_image(void)
{
    CHECK(mem_load_image((uint8_t *)saved_image.at, saved_image.len, NULL,
                         identity, NULL, 0, UINT64_MAX, &loaded, NULL) == 0);
}

static void forget_loaded(void)
{
    mem_image_unref(loaded);
}

static void map_and_load(void)
{
    CHECK(mem_region_init_image(&mapped, &shape, loaded, NULL) == 0);
    CHECK(mem_load_region(&mapped, (uint8_t *)saved_region.at, saved_region.len,
                          identity, NULL, 0, UINT64_MAX, NULL) == 0);
}

static void forget_mapped(void)
{
    CHECK(memcmp(mem_region_state(&mapped), mem_region_state(&region),
                 PAGES * PAGE) == 0);
    mem_region_fini(&mapped);
}

static void measure_loading(void)
{
    int status;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        measure("load 4.7 MB", load_image, forget_loaded);
        load_image();
        measure("map and load 50 pages", map_and_load, forget_mapped);
        fflush(stdout);
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

int main(int argc, char **argv)
{
    bench_begin(argc, argv,
                "images and regions: frozen, mapped, saved, loaded");
    measure_images();
    measure_saving();
    measure_loading();
    base_buf_fini(&saved_image);
    base_buf_fini(&saved_region);
    mem_region_fini(&region);
    mem_image_unref(image);
    return 0;
}
