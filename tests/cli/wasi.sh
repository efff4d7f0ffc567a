#!/usr/bin/env bash
# wasi.sh - a program with a C library runs as one expects of a program.
#
# Goal: arguments, environment, standard streams, files where they were given
# and nowhere else, its exit code; and limits that stop it in the middle.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
cat >tool.c <<'C'
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int copy(const char *from, const char *to)
{
    FILE *in = fopen(from, "r"), *out = in != NULL ? fopen(to, "w") : NULL;
    int c;

    if (out == NULL) {
        fprintf(stderr, "tool: %s\n", strerror(errno));
        return 1;
    }
    while ((c = getc(in)) != EOF)
        putc(c, out);
    return fclose(out) != 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    char line[100];

    if (strcmp(what, "args") == 0)
        for (int i = 0; i < argc; i++)
            puts(argv[i]);
    else if (strcmp(what, "env") == 0)
        puts(getenv(argv[2]) != NULL ? getenv(argv[2]) : "(none)");
    else if (strcmp(what, "copy") == 0)
        return copy(argv[2], argv[3]);
    else if (strcmp(what, "exit") == 0)
        return atoi(argv[2]);
    else if (strcmp(what, "upper") == 0)
        while (fgets(line, sizeof(line), stdin) != NULL)
            printf("> %s", line);
    else if (strcmp(what, "shout") == 0)
        for (;;)
            puts("again and again");
    else if (strcmp(what, "sleep") == 0)
        sleep(100);
    else if (strcmp(what, "chance") == 0)
        printf("%d %lld\n", getentropy(line, 4) + line[0],
               (long long)time(NULL));
    return 0;
}
C
clang-19 --target=wasm32-wasi -O1 tool.c -o tool.wasm
compile tool.wasm tool.viv -O1

works run tool.viv args one 'two words' --three
[ "$(cat stdout)" = $'tool.viv\nargs\none\ntwo words\n--three' ] ||
    fail 'other arguments'
works run --arg0 other tool.viv args
prints other
works run tool.viv env HOME
prints '(none)'
works run --env A=b --env=HOME=/nowhere tool.viv env HOME
prints /nowhere
fails_with 2 NAME=VALUE run --env A tool.viv

run_viv run tool.viv exit 42
[ "$code" = 42 ] || fail "exit code $code, not 42"
printf 'one\ntwo' | works run tool.viv upper
[ "$(cat stdout)" = $'> one\n> two' ] || fail 'other output'
(sleep 0.3 && echo late) | works run tool.viv upper
prints '> late'

mkdir in out
echo contents >in/file
run_viv run tool.viv copy /in/file /out/file
[ "$code" = 1 ] || fail 'it read what it was not given'
works run --mount /in=in --mount /out=out:rw tool.viv copy /in/file /out/file
cmp in/file out/file || fail 'the copy differs'
run_viv run --mount /in=in --mount /out=out tool.viv copy /in/file /out/file2
[ "$code" = 1 ] || fail 'it wrote where it could only read'
run_viv run --mount /in=in:rw tool.viv copy /in/../out/file /in/stolen
[ "$code" = 1 ] || fail 'it left its directory'
works run --mount /in=in --mount /tmp=:memory tool.viv copy /in/file /tmp/x
works pack in -o in.pack
works run --mount /in=in.pack:pack --mount /out=out:rw tool.viv \
    copy /in/file /out/packed
cmp in/file out/packed || fail 'the pack holds something else'
works run --mount /in=in.pack:overlay tool.viv copy /in/file /in/over
holds tool.c tool.wasm tool.viv in out in.pack
fails_with 2 GUEST=HOST run --mount in tool.viv
fails_with 2 'no place' run --mount /in= tool.viv
fails_with 2 'in memory' run --mount /in=in:memory tool.viv
fails_with 125 missing run --mount /in=missing tool.viv
fails_with 2 '"wr"' run --mount /in=in:wr tool.viv
mkdir in:2
fails_with 2 '"2"' run --mount /in=in:2 tool.viv
works run --mount /in=in:2:ro tool.viv args
works run --mount /in=in:2/ tool.viv args
rmdir in:2

run_viv run --output 1000 tool.viv shout
[ "$code" = 124 ] || fail "exit code $code, not 124"
[ "$(wc -c <stdout)" = 1000 ] || fail 'more output than its limit, or less'
grep -q 'limit of output' stderr || fail 'the limit is not named'
run_viv run --wall-time 200ms tool.viv sleep
[ "$code" = 124 ] || fail "exit code $code, not 124"

works run --seed 5 tool.viv chance
cp stdout first
works run --seed 5 tool.viv chance
cmp first stdout || fail 'the same seed gave another run'
works run --seed 6 tool.viv chance
! cmp -s first stdout || fail 'another seed gave the same run'

works inspect tool.wasm
prints 'name=files'
! grep -q sockets stdout || fail 'a permission that it cannot use'
