# setup.sh - what ./run, ./test and ./bench/run need, installed and built.
#
# Sourced, with `root` set to the top of the tree and `needs` to the list that
# the caller wants; bash and what every Debian has is all it relies on.  Where
# nothing is missing and nothing changed it prints nothing, touches nothing and
# takes a tenth of a second.  All it prints goes to stderr.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# One need a line: what must be there (a command, or a file by pattern), the
# Debian package that brings it, the reason.  A command from elsewhere - one's
# own node, say - is as good as the package's.
NEEDS_RUN='
gcc                      gcc                 builds viv and the library
/usr/include/stdio.h     libc6-dev           the headers of C
make                     make                runs the build
objcopy                  binutils            hides symbols in the library
clang-19                 clang-19            compiles what viv emits
ld.lld-19                lld-19              links it, fast
llvm-profdata-19         llvm-19             merges profiles for --pgo-use
@rt/clang_rt.profile-*.a libclang-rt-19-dev  profiles and sanitizers
'
NEEDS_TEST="$NEEDS_RUN"'
python3                  python3             the checkers and the tables
wast2json                wabt                assembles tests, runs wasm2c
wasm-opt                 binaryen            generates random modules
node                     nodejs              the other engine to agree with
valgrind                 valgrind            ./test --valgrind
gdb                      gdb                 sees wasm names in backtraces
clang-format             clang-format        the style check
/usr/lib/wasm32-wasi/libc.a wasi-libc        guests in C with a C library
@wasm                    libclang-rt-19-dev-wasm32 what they are linked with
'
# Where clang-19 keeps its runtime libraries: @rt above; and that for guests.
RUNTIME=/usr/lib/llvm-19/lib/clang/19/lib/linux/lib
RUNTIME_WASM=/usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.*-wasm32.a

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "${0##*/}: $*"
    exit 1
}

# Milliseconds of a clock that only serves to measure.
now_ms() {
    local us=${EPOCHREALTIME/[.,]/}
    echo "${us%???}"
}

# elapsed SINCE_MS: "3.2 s"
elapsed() {
    local ms=$(($(now_ms) - $1))
    printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

# --- progress ---------------------------------------------------------------

# What the running command is at, in a few words: replaced by callers that can
# tell better than by the last line of the log.
progress_note() {
    tail -n 1 "$1" 2>/dev/null | tr -d '\r' | cut -c 1-50
}

# with_progress LABEL LOG COMMAND...: run the command with its output in LOG.
# From the second second on its label and the time are shown: on a terminal in
# one line that changes, elsewhere in a line now and then.
with_progress() {
    local label=$1 log=$2 start code='' shown='' tick fd end
    shift 2
    start=$(now_ms)
    tick=2
    # The exit code arrives as a line, so waiting for it costs no polling.
    exec {fd}< <("$@" >"$log" 2>&1 </dev/null; echo $?)
    while ! read -r -t "$tick" -u "$fd" code; do
        if [ -t 2 ]; then
            printf '\r\033[K%s: %s  %s' "$label" "$(elapsed "$start")" \
                "$(progress_note "$log")" >&2
            tick=0.5
        elif [ -z "$shown" ]; then
            say "$label ..."
            tick=15
        else
            say "$label: $(elapsed "$start")  $(progress_note "$log")"
        fi
        shown=1
    done
    exec {fd}<&-
    if [ -n "$shown" ]; then
        [ ! -t 2 ] || printf '\r\033[K' >&2
        end='done in'
        [ "$code" = 0 ] || end='failed after'
        say "$label: $end $(elapsed "$start")"
    fi
    return "$code"
}

# --- packages ---------------------------------------------------------------

# log_file NAME: an empty file for what a step says.  It stays in build/ until
# the step is taken again; where we may not write it is a temporary one.
log_file() {
    mkdir -p "$root/build" 2>/dev/null
    if { : >"$root/build/$1.log"; } 2>/dev/null; then
        echo "$root/build/$1.log"
    else
        mktemp
    fi
}

is_there() {
    case $1 in
    @rt/*) compgen -G "$RUNTIME${1#@rt/}" >/dev/null ;;
    @wasm) compgen -G "$RUNTIME_WASM" >/dev/null ;;
    /*) compgen -G "$1" >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# Print `package<TAB>probe<TAB>reason` for every need that is not met.
missing_needs() {
    local probe package reason
    while read -r probe package reason; do
        [ -z "$probe" ] || is_there "$probe" ||
            printf '%s\t%s\t%s\n' "$package" "$probe" "$reason"
    done <<<"$needs"
}

is_known_debian() {
    local ID='' VERSION_ID=''
    # shellcheck disable=SC1091
    [ ! -r /etc/os-release ] || . /etc/os-release
    case $ID-$VERSION_ID in
    debian-12 | debian-13) return 0 ;;
    *) return 1 ;;
    esac
}

# Say what is missing and why we cannot go on, and leave.
refuse() {
    local missing=$1 why=$2 package probe reason
    say "${0##*/}: these are needed and not here:"
    while IFS=$'\t' read -r package probe reason; do
        say "    $(printf '%-20s' "$package") $reason"
    done <<<"$missing"
    say "$why"
    exit 1
}

# apt_get ARGS...: as root or through sudo, without questions.
apt_get() {
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        --no-remove -o DPkg::Lock::Timeout=300 "$@"
}

is_offline() {
    local lost='Temporary failure resolving|Could not (connect|resolve)'
    lost="$lost|Network is unreachable|Connection (failed|timed out)"
    grep -q -E "$lost" "$1"
}

# Why apt failed, in one sentence for what is likely and its own words for the
# rest.
explain_apt() {
    local log=$1
    if is_offline "$log"; then
        say 'The package servers cannot be reached: is there a network, and' \
            'if it needs a proxy, does apt know it?'
    elif grep -q 'No space left' "$log"; then
        say 'The disk is full.'
    elif grep -q 'Unable to locate package' "$log"; then
        say 'The package lists do not have them: see /etc/apt/sources.list.'
    fi
    say 'The last words of apt-get:'
    grep -E '^(E|W|Err)' "$log" | tail -n 5 | sed 's/^/    /' >&2
}

# Root already, or by sudo: sets as_root to the words before the command.
find_rights() {
    as_root=
    [ "$(id -u)" != 0 ] || return 0
    command -v sudo >/dev/null || return 1
    as_root=sudo
    sudo -n true 2>/dev/null || { [ -t 0 ] && [ -t 2 ] && sudo -v; }
}

install_known() {
    # shellcheck disable=SC2086
    with_progress 'installing packages' "$1" \
        apt_get install --no-install-recommends $2
}

install_packages() {
    local log=$1 packages=$2
    # A machine whose lists are empty or old needs them fetched; one that knows
    # the packages does not.
    # shellcheck disable=SC2086
    if [ "$(LC_ALL=C apt-cache policy $packages 2>/dev/null |
        grep -c '^  Candidate: [^(]')" != "$(wc -w <<<"$packages")" ]; then
        with_progress 'fetching the package lists' "$log" apt_get update ||
            return 1
    fi
    install_known "$log" "$packages" && return 0
    ! is_offline "$log" || return 1
    if grep -q 'dpkg --configure -a' "$log"; then
        # Somebody pulled the plug on an installation: dpkg asks for this.
        # shellcheck disable=SC2086
        with_progress 'finishing an interrupted installation' "$log" \
            $as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a
        install_known "$log" "$packages" && return 0
    fi
    # Lists that are too old name files that the server no longer has.
    with_progress 'fetching the package lists' "$log" apt_get update ||
        return 1
    install_known "$log" "$packages"
}

setup_packages() {
    local missing packages package state log
    missing=$(missing_needs)
    [ -n "$missing" ] || return 0
    packages=$(cut -f 1 <<<"$missing" | sort -u | tr '\n' ' ')
    packages=${packages% }

    is_known_debian || refuse "$missing" \
        "This is not Debian 12 or 13: please install what corresponds to them."
    for package in $packages; do
        state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)
        [ "$state" != 'install ok installed' ] || refuse "$missing" \
            "The package $package is installed, but what it brings is not here."
    done
    find_rights || refuse "$missing" \
        "No rights to install: run as root, or first: apt-get install $packages"

    say "to be installed: $packages"
    log=$(log_file packages)
    if ! install_packages "$log" "$packages"; then
        explain_apt "$log"
        refuse "$missing" "They could not be installed."
    fi
    hash -r
    missing=$(missing_needs)
    [ -z "$missing" ] ||
        refuse "$missing" "Their packages were installed and did not help."
}

# --- sources ----------------------------------------------------------------

# The mirror that this machine uses for Debian.  Without package lists apt does
# not know whose it is: then by its name.
debian_mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' \
        'Created-By: Packages' 2>/dev/null |
        awk -F '|' '$1 == "Debian" && $2 == "Debian" {print $3; found = 1; exit}
            $3 ~ /\/debian\/?$/ && !named {named = $3}
            END {if (!found) print named}'
}

# has_digest FILE SHA256: is it there, and that one?
has_digest() {
    [ -e "$1" ] && echo "$2  $1" | sha256sum --check --status -
}

# --- building ---------------------------------------------------------------

# One build of a tree at a time: a second one waits for the first.
lock_build() {
    mkdir -p "$root/build" 2>/dev/null
    { exec {build_lock}>"$root/build/.lock"; } 2>/dev/null || return 0
    flock -n "$build_lock" && return 0
    say 'waiting for another build of this tree'
    flock "$build_lock"
}

unlock_build() {
    [ -z "${build_lock:-}" ] || exec {build_lock}>&-
    build_lock=
}

# build LABEL MAKE_ARGUMENTS...: make, quietly unless it takes long or fails.
build() {
    local label=$1 log total
    shift
    lock_build
    if make -C "$root" -q "$@" >/dev/null 2>&1; then
        unlock_build
        return 0
    fi
    log=$(log_file make)
    total=$(make -C "$root" -n "$@" 2>/dev/null | grep -c "^echo '  ")
    progress_note() {
        echo "step $(grep -c '^  [A-Z]' "$1") of $total"
    }
    if ! with_progress "$label" "$log" \
        make -C "$root" --no-print-directory -j"$(nproc)" "$@"; then
        grep -v '^  [A-Z][A-Z]' "$log" >&2
        unlock_build
        return 1
    fi
    grep -v -E '^(  [A-Z][A-Z]|make: )' "$log" >&2
    unlock_build
}
