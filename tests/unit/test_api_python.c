/* test_api_python.c - vivarium.h: Python.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "door_tools.h"

static viv_image *image;

TEST(what_is_missing_is_named)
{
    static const char *const functions = "needs the functions that are counted";

    EXPECT_EQ_INT(viv_python_load("x", NULL, 0, NULL, &err), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, functions);
    EXPECT_EQ_INT(viv_python_load("x", NULL, 1, &image, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_python_load_image(NULL, NULL, NULL, "x", &image, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_python_apply(NULL, NULL, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_python_run(NULL, "x", 1, NULL, 0, &result, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_python_call(NULL, "m", "f", NULL, 0, NULL, 0, 0, &result, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(viv_python_resume(NULL, &result, &err), VIV_EINVAL);
}

TEST(so_it_is_of_a_sandbox)
{
    viv_sandbox *outside;

    begin();
    outside = (viv_sandbox *)sandbox;
    EXPECT_EQ_INT(viv_python_run(outside, NULL, 1, NULL, 0, &result, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_python_run(outside, "x", 1, NULL, 0, NULL, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_python_call(outside, NULL, "f", NULL, 0, NULL, 0, 0, &result, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_python_call(outside, "m", NULL, NULL, 0, NULL, 0, 0, &result, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_python_call(outside, "m", "f", NULL, 1, NULL, 0, 0, &result, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_python_call(outside, "m", "f", NULL, 0, NULL, 1, 0, &result, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(viv_python_resume(outside, NULL, &err), VIV_EINVAL);
    play(SAY(REPLY, put_returned(REPLY, 4)));
    EXPECT_EQ_INT(viv_python_run(outside, NULL, 0, NULL, 0, &result, &err), 0);
    EXPECT_EQ_INT(number(), 4);
    end();
}

static int lack(viv_question *question, viv_reader *args, size_t count,
                viv_writer *answer, void *cookie)
{
    viv_promise *promise;

    (void)args, (void)count, (void)answer, (void)cookie;
    EXPECT_EQ_INT(viv_question_later(NULL, &promise, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_question_later(question, NULL, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_question_raise(NULL, "", ""), VIV_EINVAL);
    EXPECT_EQ_INT(viv_question_raise(question, NULL, ""), VIV_EINVAL);
    EXPECT_EQ_INT(viv_question_raise(question, "", NULL), VIV_EINVAL);
    EXPECT_EQ_INT(viv_python_apply(viv_question_sandbox(question), NULL, &err),
                  VIV_EBUSY);
    return 0;
}

TEST(and_of_a_question)
{
    begin();
    host = lack;
    play(ASK(0, DATA, put_args(DATA), ANSWER, 100),
         SAY(REPLY, put_returned(REPLY, 4)));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[0, None]");
    end();
}

TEST(an_image_of_another_guest_is_no_base)
{
    struct guest other = guest_start("(module)");
    viv_image *base;

    EXPECT_EQ_INT(viv_image_new(other.sandbox, &base, &err), 0);
    EXPECT_EQ_INT(viv_python_load_image(base, NULL, NULL, "x", &image, &err),
                  VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "of a Python guest");
    viv_image_unref(base);
    guest_end(&other);
}

TEST(an_image_of_a_parked_run_is_loaded_and_gone_on_with)
{
    viv_image *base, *parked;
    char path[PATH_MAX];
    struct sandbox *first;

    begin();
    EXPECT_EQ_INT(viv_image_new((viv_sandbox *)sandbox, &base, &err), 0);
    play(PARK(-1), SAY(0, 0), SAY(REPLY, put_returned(REPLY, 4)));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    EXPECT_EQ_INT(viv_image_new((viv_sandbox *)sandbox, &parked, &err), 0);
    guest_path("parked", path);
    EXPECT_EQ_INT(viv_image_save(parked, NULL, NULL, path, &err), 0);
    EXPECT_EQ_INT(viv_python_load_image(base, NULL, NULL, path, &image, &err),
                  0);
    first = sandbox;
    EXPECT_EQ_INT(viv_sandbox_from(image, NULL, (viv_sandbox **)&sandbox, &err),
                  0);
    EXPECT_EQ_INT(wasi_apply(sandbox, NULL, &err), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(number(), 4);
    EXPECT_EQ_INT(viv_sandbox_free((viv_sandbox *)sandbox), 0);
    sandbox = first;
    viv_image_unref(base);
    viv_image_unref(parked);
    viv_image_unref(image);
    unlink(path);
    end();
}
