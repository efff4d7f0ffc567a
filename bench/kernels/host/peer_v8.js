// peer_v8.js - the kernels in V8, for kernels_time.
//
//     node --no-liftoff peer_v8.js kernels.wasm
//
// Reads lines `NAME ROUNDS`, answers each with `CHECKSUM NANOSECONDS`.
//
// SPDX-License-Identifier: Apache-2.0
const fs = require("fs");
const readline = require("readline");

const module_ = new WebAssembly.Module(fs.readFileSync(process.argv[2]));
const { exports: kernels } = new WebAssembly.Instance(module_);

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [name, rounds] = line.split(" ");
  const kernel = kernels[name];
  const start = process.hrtime.bigint();
  const sum = kernel(Number(rounds)) >>> 0;
  const ns = process.hrtime.bigint() - start;
  process.stdout.write(`${sum} ${ns}\n`);
});
