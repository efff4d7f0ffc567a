// node.js - run a program for WASI in Node: node.js PROGRAM.wasm FOLDER ARGS...
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const fs = require('fs');
const { WASI } = require('wasi');
const [program, folder, ...args] = process.argv.slice(2);
const wasi = new WASI({
    version: 'preview1',
    args: [program, ...args],
    preopens: { '/m': folder },
});
const module_ = new WebAssembly.Module(fs.readFileSync(program));
wasi.start(new WebAssembly.Instance(module_, wasi.getImportObject()));
