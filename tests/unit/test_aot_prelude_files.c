/* test_aot_prelude_files.c - tests of the files inside the compiler.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_prelude_files.h"

#include "aot_tools.h"

static const char *text_of(const char *name)
{
    const struct aot_prelude_file *file = aot_prelude_files;

    while (file->name != NULL && strcmp(file->name, name) != 0)
        file++;
    return file->text;
}

TEST(each_file_is_the_one_of_its_name)
{
    char opening[100];
    int count = 0;

    for (const struct aot_prelude_file *file = aot_prelude_files;
         file->name != NULL; file++, count++) {
        snprintf(opening, sizeof(opening), "/* %s - ", file->name);
        EXPECT(strncmp(file->text, opening, strlen(opening)) == 0);
    }
    EXPECT(count >= 3);
}

/* An include of the prelude's must be there as well, or be one that every
 * freestanding compiler has. */
TEST(what_they_include_is_among_them)
{
    for (const struct aot_prelude_file *file = aot_prelude_files;
         file->name != NULL; file++) {
        const char *at = file->text;

        while ((at = strstr(at, "#include \"")) != NULL) {
            char name[100] = "";

            EXPECT_EQ_INT(sscanf(at, "#include \"%99[^\"]", name), 1);
            if (text_of(name) == NULL)
                test_fail(TEST_AT, "%s includes %s", file->name, name);
            at++;
        }
    }
}

TEST(the_agreement_with_the_engine_is_word_for_word)
{
    char version[60];

    snprintf(version, sizeof(version), "#define ENGINE_ABI_VERSION %d\n",
             ENGINE_ABI_VERSION);
    EXPECT_HAS_STR(text_of("engine_abi.h"), version);
}
