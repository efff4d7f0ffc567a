# flags.sh - how C becomes part of the guest.
#
# Sourced by steps.sh, with `sysroot` set.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

guest_features='-msimd128 -mbulk-memory -mnontrapping-fptoint'
guest_emulated='-D_WASI_EMULATED_SIGNAL'
guest_emulated="$guest_emulated -D_WASI_EMULATED_PROCESS_CLOCKS"
guest_emulated="$guest_emulated -D_WASI_EMULATED_GETPID"
guest_emulators='-lwasi-emulated-signal -lwasi-emulated-process-clocks'
guest_emulators="$guest_emulators -lwasi-emulated-getpid"

# The compiler, with its target and C library.
guest_cc() {
    printf '%s ' clang-19 --target=wasm32-wasi "--sysroot=$sysroot" \
        -isystem "$sysroot/include/wasm32-wasi"
}

guest_cflags() {
    # shellcheck disable=SC2086
    printf '%s ' -g0 $guest_features $guest_emulated
}
