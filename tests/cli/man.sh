#!/usr/bin/env bash
# man.sh - the man page and the help name the same commands and options.
#
# SPDX-License-Identifier: Apache-2.0
page=$VIV_ROOT/docs/man/viv.1

# Options in the page: what stands in the line after a .TP of a command.
in_page() {
    awk -v wanted="$1" '
        $1 == ".SS" { section = $2 }
        $1 == ".SH" { section = "" }
        tag && section == wanted && $2 ~ /^\\-/ { print $2 }
        { tag = $1 == ".TP" || $1 == ".TQ" }
    ' "$page" | sed 's/\\//g; s/[",]//g' | sort -u
}

in_help() {
    "$VIV" help "$1" | sed -n -E 's/^  (--?[A-Za-z][-a-z0-9]*).*/\1/p' |
        sed 's/^-OLEVEL/-O/' | sort -u
}

"$VIV" help >stdout
commands=$(sed -n -E 's/^  ([a-z]+) .*/\1/p' stdout)
[ "$(wc -w <<<"$commands")" -ge 3 ] || fail 'the help lists no commands'
for command in $commands; do
    grep -q "^\.SS $command\$" "$page" || fail "viv.1 has no .SS $command"
done
for command in $(sed -n 's/^\.SS //p' "$page"); do
    grep -q -w "$command" <<<"$commands" || fail "viv has no $command"
done
for command in run eval repl compile inspect pack image doctor bench; do
    in_help "$command" >help
    in_page "$command" >page
    [ -s help ] || fail "the help of $command has no options"
    diff help page >difference || {
        cat difference
        fail "$command: help (<) and viv.1 (>) name different options"
    }
done

# The page is roff that a formatter takes without a word.
command -v groff >/dev/null || skip 'there is no groff to format it'
groff -man -Tutf8 -ww "$page" >formatted 2>said
[ ! -s said ] || fail "groff says: $(head -n 3 said)"
