#!/usr/bin/env bash
# python-image.sh - images of Python are made, looked at and verified, and the
# doctor says what there is.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
. "$VIV_ROOT/tests/cli/python.inc"

mkdir guest
cp "$VIV_PYTHON"/python.viv "$VIV_PYTHON"/python.pack guest
works image build guest
[ -s guest/python.image ] || fail 'there is no image'
works run --python guest -c 'print("made")'
printed made
works image inspect guest/python.image
prints 'whole image'
works image inspect --json guest/python.image
/usr/bin/python3 -c 'import json; o = json.load(open("stdout"))
assert o["stored_bytes"] < o["file_bytes"] and len(o["module"]) == 64' ||
    fail 'other JSON'
works image verify guest/python.image
prints ok
# The last page that is not zero: the file ends with some that are.
cp guest/python.image changed
/usr/bin/python3 -c 'f = open("changed", "r+b"); b = f.read().rstrip(b"\0")
f.seek(len(b) - 1); f.write(b"\0")'
fails_with 1 'have been changed' image verify changed
fails_with 1 'no saved image' image inspect guest/python.viv
fails_with 1 missing image build missing
fails_with 2 'build, inspect or verify' image
fails_with 2 'build, inspect or verify' image guess guest

works doctor
for what in fsgsbase PAGEMAP_SCAN openat2 guest '1 + 1' sandboxes; do
    prints "$what"
done
grep -q '^ok .*json .*works' stdout || fail 'json does not work'
grep -q '^no .*tkinter .*ModuleNotFoundError' stdout || fail 'there is tkinter'
grep -q '^part .*socket .*no network' stdout || fail 'sockets are not refused'
! grep -q $'\033' stdout || fail 'colours in a file'
works doctor --json
/usr/bin/python3 -c 'import json; o = json.load(open("stdout"))
assert {"what", "is", "text"} == set(o["machine"][0])
assert any(f["what"] == "zlib" and f["is"] == "ok" for f in o["python"])' ||
    fail 'other JSON'
ends_with 1 doctor --python nowhere
prints 'guests/python/build makes one'
