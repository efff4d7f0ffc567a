/* test_aot_header.c - tests of what a compiled module says of itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_header.h"

#include "aot_tools.h"
#include "base/base_sha256.h"

static struct aot_options options;
static struct aot_cc cc;
static struct base_buf skeleton;
static struct engine_header header;

static void make(void)
{
    cc.options = &options;
    base_buf_fini(&skeleton);
    base_buf_init(&skeleton, 1000);
    base_buf_text(&skeleton, "skeleton");
    memset(&header, 0xff, sizeof(header));
    aot_header_make(&tools_it.module, &tools_it.layout, &skeleton, &cc,
                    &header);
}

TEST(the_header_has_versions_sizes_and_digests)
{
    uint8_t digest[32];

    options = tools_options();
    tools_open("(module (func (result i32) i32.const 1))");
    make();
    EXPECT_EQ_INT(header.magic, ENGINE_HEADER_MAGIC);
    EXPECT_EQ_INT(header.abi_version, ENGINE_ABI_VERSION);
    EXPECT_EQ_INT(header.source_bytes, tools_it.len);
    EXPECT_EQ_INT(header.skeleton_bytes, 8);
    EXPECT_EQ_INT(header.state_bytes, tools_it.layout.state_bytes);
    base_sha256(tools_it.bytes, tools_it.len, digest);
    EXPECT_EQ_MEM(header.source_digest, digest, 32);
    base_sha256("skeleton", 8, digest);
    EXPECT_EQ_MEM(header.skeleton_digest, digest, 32);
    EXPECT_EQ_STR(header.viv_version, viv_version());
    EXPECT_EQ_STR(header.options, "-O2 -march=x86-64-v2");
}

TEST(each_option_is_a_flag)
{
    tools_open("(module)");
    options = tools_options();
    make();
    EXPECT_EQ_INT(header.flags, 0);
    options.fuel = true;
    make();
    EXPECT_EQ_INT(header.flags, ENGINE_FLAG_FUEL);
    options.pgo_generate = "x";
    make();
    EXPECT_EQ_INT(header.flags, ENGINE_FLAG_FUEL | ENGINE_FLAG_PGO_GENERATE);
    options.fuel = false;
    options.pgo_generate = NULL;
    options.pgo_use = "x";
    make();
    EXPECT_EQ_INT(header.flags, ENGINE_FLAG_PGO_USE);
}

TEST(the_target_and_the_cpu_are_what_was_asked_for)
{
    tools_open("(module)");
    options = tools_options();
    options.target = AOT_PORTABLE;
    cc.cpu = ENGINE_CPU_X86_64_V2;
    make();
    EXPECT_EQ_INT(header.target, ENGINE_TARGET_PORTABLE);
    EXPECT_EQ_INT(header.cpu, ENGINE_CPU_X86_64_V2);
}

TEST(long_texts_are_cut_and_every_byte_is_set)
{
    tools_open("(module)");
    options = tools_options();
    memset(cc.program.path, 'p', sizeof(cc.program.path) - 1);
    make();
    EXPECT_EQ_INT(strlen(header.cc), sizeof(header.cc) - 1);
    EXPECT_EQ_INT(header.options[sizeof(header.options) - 1], 0);
    EXPECT_EQ_INT(header.viv_version[sizeof(header.viv_version) - 1], 0);
}
