/* replay.c - feed files to a fuzz target, without a fuzzer.
 *
 *     build/fuzz/replay_<target> FILE_OR_FOLDER...
 *
 * Each file has a process of its own, so that one that crashes the target is
 * named and the others still run.  Prints one line for all that passed and one
 * for each that did not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS_MAX 60

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t len, size_t max_len);

static const char *program;
static unsigned passed, failed;

static __attribute__((noreturn)) void give_up(const char *what)
{
    perror(what);
    exit(2);
}

/* Exactly as many bytes as the file has, so that a sanitizer sees a read of
 * one more. */
static uint8_t *read_file(const char *path, size_t *ret_len)
{
    FILE *in = fopen(path, "rb");
    struct stat about;
    uint8_t *bytes;

    if (in == NULL || fstat(fileno(in), &about) < 0)
        give_up(path);
    bytes = malloc((size_t)about.st_size + (about.st_size == 0));
    if (bytes == NULL)
        give_up(path);
    *ret_len = fread(bytes, 1, (size_t)about.st_size, in);
    fclose(in);
    return bytes;
}

/* A target with a mutator of its own names the fuzzer's, which is not here:
 * replaying mutates nothing. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t len, size_t max_len)
{
    (void)bytes, (void)max_len;
    return len;
}

static void replay_file(const char *path)
{
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        size_t len;
        uint8_t *bytes = read_file(path, &len);

        alarm(SECONDS_MAX);
        LLVMFuzzerTestOneInput(bytes, len);
        free(bytes);
        exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        give_up("fork");
    if (status == 0) {
        passed++;
        return;
    }
    failed++;
    printf("not ok %s - %s %s %d\n", program, path,
           WIFSIGNALED(status) ? "signal" : "exit code",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void replay(const char *path)
{
    struct stat about;
    struct dirent **names;
    int count, i;

    if (stat(path, &about) < 0)
        give_up(path);
    if (!S_ISDIR(about.st_mode)) {
        replay_file(path);
        return;
    }
    count = scandir(path, &names, NULL, alphasort);
    if (count < 0)
        give_up(path);
    for (i = 0; i < count; i++) {
        char inner[4096];

        snprintf(inner, sizeof(inner), "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            replay(inner);
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    int i;

    program = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    for (i = 1; i < argc; i++)
        replay(argv[i]);
    if (passed > 0)
        printf("ok %s - %u inputs\n", program, passed);
    return failed > 0;
}
