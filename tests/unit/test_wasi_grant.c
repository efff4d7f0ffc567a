/* test_wasi_grant.c - what the host permits one guest: a copy of its viv_wasi.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_grant.h"

#include "base/base_alloc.h"
#include "test.h"
#include "wasi/wasi_files.h"

static struct wasi_grant grant;
static viv_wasi said;
static viv_error err;

static void expect_refusal(const char *text)
{
    EXPECT_EQ_INT(wasi_grant_init(&grant, &said, &err), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, text);
    wasi_grant_default(&said);
}

TEST(the_default_is_nothing)
{
    EXPECT_EQ_INT(wasi_grant_init(&grant, NULL, &err), 0);
    EXPECT_EQ_INT(grant.args.count, 0);
    EXPECT_EQ_INT(grant.env.count, 0);
    EXPECT_EQ_INT(grant.said.mount_count, 0);
    EXPECT_EQ_INT(grant.said.stdin_len, 0);
    EXPECT_EQ_INT(grant.said.clock, VIV_CLOCK_COARSE);
    EXPECT_EQ_INT(grant.said.random, VIV_RANDOM_KERNEL);
    EXPECT_EQ_INT(grant.said.stdout_max, VIV_ENDLESS);
    EXPECT_EQ_INT(grant.said.stderr_max, VIV_ENDLESS);
    wasi_grant_fini(&grant);
    wasi_grant_fini(&grant);
}

TEST(everything_is_copied)
{
    char guest[] = "/data", host[] = "/srv", arg[] = "prog", env[] = "A=b",
         input[] = "in";
    const char *args[] = {arg}, *envs[] = {env};
    viv_mount mounts[] = {
        {.guest = guest, .host = host, .kind = VIV_MOUNT_HOST},
        {.guest = guest, .kind = VIV_MOUNT_MEMORY}};

    wasi_grant_default(&said);
    said.args = args, said.arg_count = 1;
    said.env = envs, said.env_count = 1;
    said.mounts = mounts, said.mount_count = 2;
    said.stdin_bytes = input, said.stdin_len = 2;
    EXPECT_EQ_INT(wasi_grant_init(&grant, &said, &err), 0);
    guest[0] = host[0] = arg[0] = env[0] = input[0] = '?';
    memset(mounts, 0, sizeof(mounts));
    EXPECT_EQ_STR(grant.args.bytes, "prog");
    EXPECT_EQ_STR(grant.env.bytes, "A=b");
    EXPECT_EQ_STR(grant.said.mounts[0].guest, "/data");
    EXPECT_EQ_STR(grant.said.mounts[0].host, "/srv");
    EXPECT_EQ_STR(grant.said.mounts[1].guest, "/data");
    EXPECT(grant.said.mounts[1].host == NULL);
    EXPECT_EQ_MEM(grant.said.stdin_bytes, "in", 2);
    wasi_grant_fini(&grant);
}

TEST(what_cannot_be_is_refused_and_named)
{
    viv_mount mount = {.guest = "/a", .kind = VIV_MOUNT_PACK};

    wasi_grant_default(&said);
    said.arg_count = 1;
    expect_refusal("the permissions count something that is not there");
    said.stdin_len = 1;
    expect_refusal("the permissions count something that is not there");
    said.clock = 4;
    expect_refusal("there is no clock 4");
    said.random = 2;
    expect_refusal("there is no chance 2");
    said.terminals = 8;
    expect_refusal("terminals are descriptors 0 to 2: the bits are 0x8");
    said.mounts = &mount, said.mount_count = 1;
    expect_refusal("mount 0 (/a) has no host path");
    said.mounts = &mount, said.mount_count = WASI_MOUNTS_MAX + 1;
    expect_refusal("14 mounts; 13 is the most");
    mount.guest = "\xff";
    said.mounts = &mount, said.mount_count = 1;
    expect_refusal("mount 0 has no guest path that is text");
    mount.guest = "";
    said.mounts = &mount, said.mount_count = 1;
    expect_refusal("mount 0 has no guest path that is text");
    mount.kind = 4;
    said.mounts = &mount, said.mount_count = 1;
    expect_refusal("mount 0 is of no known kind");
}

TEST(permissions_of_another_version_are_told_apart)
{
    struct {
        viv_wasi now;
        uint64_t then;
    } later;

    wasi_grant_default(&later.now);
    later.now.size = sizeof(later);
    later.then = 0;
    EXPECT_EQ_INT(wasi_grant_init(&grant, &later.now, &err), 0);
    wasi_grant_fini(&grant);
    later.then = 1;
    EXPECT_EQ_INT(wasi_grant_init(&grant, &later.now, &err), VIV_EUNSUPPORTED);
    later.now.size = sizeof(later.now) - 1;
    EXPECT_EQ_INT(wasi_grant_init(&grant, &later.now, &err), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "begin with viv_wasi_default()");
    later.now.size = SIZE_MAX;
    EXPECT_EQ_INT(wasi_grant_init(&grant, &later.now, &err), VIV_EINVAL);
}

TEST(every_failing_allocation_is_survived)
{
    const char *args[] = {"a"};
    viv_mount mounts[] = {{.guest = "/a", .host = "/x", .kind = VIV_MOUNT_HOST},
                          {.guest = "/b", .kind = VIV_MOUNT_MEMORY}};
    int n, code;

    wasi_grant_default(&said);
    said.args = said.env = args, said.arg_count = said.env_count = 1;
    said.mounts = mounts, said.mount_count = 2;
    said.stdin_bytes = "x", said.stdin_len = 1;
    for (n = 1;; n++) {
        base_alloc_fail_at((uint64_t)n);
        code = wasi_grant_init(&grant, &said, &err);
        base_alloc_fail_at(0);
        if (code == 0)
            break;
        EXPECT_EQ_INT(code, VIV_ENOMEM);
    }
    EXPECT_EQ_INT(n, 8);
    wasi_grant_fini(&grant);
}
