// wasi.mjs - Python programs in our own module, run by Node.
//
//     node wasi.mjs python.wasm LIBRARY FOLDER
//
// time_programs.py with -; FOLDER has it and programs/.  The module talks to
// its host as src/python/python_door.h says; here it is told to run one source,
// and has no functions of the host.
//
// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import { WASI } from 'node:wasi';

const [module_path, library, programs] = process.argv.slice(2);
const RUN = 1;

const SOURCE = `
import sys
sys.path.insert(0, '/bench')
import time_programs
time_programs.take_turns('/bench/programs', sys.stdin)
`;

function start() {
    const wasi = new WASI({
        version: 'preview1',
        args: ['python'],
        preopens: { '/usr/lib/python3.13': library, '/bench': programs },
    });
    const nothing = () => 0;
    const door = {};
    for (const name of 'park ask fetch begin forget collect wait'.split(' '))
        door[name] = nothing;
    const module_ = new WebAssembly.Module(fs.readFileSync(module_path));
    const instance = new WebAssembly.Instance(module_, {
        ...wasi.getImportObject(),
        vivarium: door,
    });
    wasi.initialize(instance);
    if (instance.exports.viv_start() !== 0)
        throw new Error('Python does not start');
    return instance.exports;
}

// A text in CBOR, with its length in four bytes.
function text(words) {
    const bytes = Buffer.from(words);
    const head = Buffer.from([0x7a, 0, 0, 0, 0]);
    head.writeUInt32BE(bytes.length, 1);
    return Buffer.concat([head, bytes]);
}

// [RUN, no flags, name, source]
function run(guest, source) {
    const head = Buffer.from([0x84, RUN, 0]);
    const request = Buffer.concat([head, text('<run>'), text(source)]);
    const address = guest.viv_room(request.length);
    new Uint8Array(guest.memory.buffer).set(request, address);
    guest.viv_do(request.length);
}

run(start(), SOURCE);
