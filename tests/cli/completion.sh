#!/usr/bin/env bash
# completion.sh - bash completes commands and options of viv.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
. "$VIV_ROOT/tools/completion.bash"

# completes WANTED WORDS...: the last of the words can become these.
completes() {
    local want=$1
    shift
    COMP_WORDS=("$VIV" "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _viv
    [ "${COMPREPLY[*]}" = "$want" ] ||
        fail "viv $* becomes ${COMPREPLY[*]}, not $want"
}

completes 'run repl' r
completes 'inspect image' i
completes 'eval' help e
completes '--json' run --j
completes '--mount --memory' repl --m
completes '-c' run -c
completes '--call' bench --c
completes 'verify' image v
completes '' run file
