# completion.bash - what follows `viv` on a command line of bash.
#
#     . tools/completion.bash
#
# Commands and options come from `viv help`, so that they are those of the viv
# that is run; files are completed everywhere else.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2207

# _viv_words [COMMAND]: what the help lists: commands, or a command's options.
_viv_words() {
    "${COMP_WORDS[0]}" help "$@" 2>/dev/null |
        sed -n -E 's/^  (-?-?[a-zA-Z][-a-z0-9]*) .*/\1/p'
}

_viv() {
    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
    COMPREPLY=()
    case $COMP_CWORD:$command:$word in
    1:*) COMPREPLY=($(compgen -W "$(_viv_words)" -- "$word")) ;;
    2:help:*) COMPREPLY=($(compgen -W "$(_viv_words)" -- "$word")) ;;
    2:image:*)
        COMPREPLY=($(compgen -W 'build inspect verify' -- "$word"))
        ;;
    *:-*)
        COMPREPLY=($(compgen -W "$(_viv_words "$command")" -- "$word"))
        ;;
    esac
}

complete -o default -F _viv viv
