#!/usr/bin/env bash
# not-a-module.sh - files that are no module at all.
#
# Goal: what is no module at all - text, nothing, a folder, a device, a pipe
# without a writer, lengths of a gigabyte - gets one sentence, at once.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154,SC2059

echo 'This is a text, and not a module.' >text.wasm
: >empty.wasm
mkdir folder.wasm
mkfifo pipe.wasm
ln -s nowhere dangling.wasm
preamble='\0asm\1\0\0\0'
# A section of types of 1 GB; as many types; a name, a body, a segment and a
# custom section of that length.  40 00 00 00 in LEB128 is 80 80 80 80 04.
giga='\x80\x80\x80\x80\x04'
printf "$preamble\\1$giga" >section.wasm
printf "$preamble\\1\\5$giga" >types.wasm
printf "$preamble\\2\\7\\1$giga\\0" >name.wasm
func="$preamble"'\1\4\1\x60\0\0\3\2\1\0'
printf "$func\\n\\6\\1$giga" >body.wasm
printf "$func\\n\\xb\\1\\x9\\1$giga\\x7f\\0\\xb" >locals.wasm
printf "$preamble\\x3\\2\\1\\0\\n\\x6$giga\\0" >bodies.wasm
printf "$preamble\\xb\\7\\1\\1$giga" >data.wasm
printf "$preamble\\0$giga" >custom.wasm
files='text empty folder pipe dangling section types name body locals bodies
    data custom'

for file in $files; do
    for what in 'compile -o out.viv --quiet' inspect run; do
        code=1
        [ "$what" != run ] || code=125
        # shellcheck disable=SC2086
        ([ "$VIV_MODE" != plain ] || ulimit -v 2000000
            VIV_WRAP="timeout 60 ${VIV_WRAP-}" \
                fails_with "$code" "$file.wasm" $what "$file.wasm") || exit 1
        [ ! -s stdout ] || fail "$what $file.wasm printed something"
    done
done
fails_with 1 /dev/null compile /dev/null -o out.viv
fails_with 1 /dev/null inspect /dev/null
fails_with 1 /dev/zero inspect /dev/zero
fails_with 1 missing.wasm compile missing.wasm -o out.viv
fails_with 1 missing.wasm inspect missing.wasm
fails_with 125 missing.wasm run missing.wasm
# shellcheck disable=SC2046
holds $(printf '%s.wasm ' $files)
