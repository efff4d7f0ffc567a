// diff_node.mjs - run generated modules in Node's WebAssembly.
//
//     node diff_node.mjs FOLDER SEED...
//
// For every seed does what FOLDER/SEED.calls says with FOLDER/SEED.wasm and
// writes what happened into FOLDER/SEED.node, in the words of diff_run.c.
//
// SPDX-License-Identifier: Apache-2.0

import { readFileSync, writeFileSync } from 'node:fs';
import v8 from 'node:v8';

// Newer versions have them without being asked, and may not know the words.
v8.setFlagsFromString('--experimental-wasm-extended-const');
v8.setFlagsFromString('--experimental-wasm-return-call');

// Of memory these bytes are hashed after every call, and all at the end.
const HASH_BYTES = 8192;

// --- values: letters for types, hexadecimal for bits ------------------------

const scratch = new DataView(new ArrayBuffer(8));

function fromBits(type, text) {
  const bits = BigInt('0x' + text);
  switch (type) {
    case 'i': return Number(BigInt.asIntN(32, bits));
    case 'I': return BigInt.asIntN(64, bits);
    case 'f': scratch.setUint32(0, Number(bits)); return scratch.getFloat32(0);
    case 'F': scratch.setBigUint64(0, bits); return scratch.getFloat64(0);
    case 'e': return bits === 0n ? null : Number(bits);
    default: return null;
  }
}

function toText(type, value) {
  switch (type) {
    case 'i': return 'i:' + (value >>> 0).toString(16);
    case 'I': return 'I:' + BigInt.asUintN(64, value).toString(16);
    case 'f':
      if (Number.isNaN(value)) return 'f:nan';
      scratch.setFloat32(0, value);
      return 'f:' + scratch.getUint32(0).toString(16);
    case 'F':
      if (Number.isNaN(value)) return 'F:nan';
      scratch.setFloat64(0, value);
      return 'F:' + scratch.getBigUint64(0).toString(16);
    case 'e': return 'e:' + (value === null ? 0 : value).toString(16);
    // The name of an exported function is its index.
    default: return 'r:' + (value === null ? 'null' : value.name);
  }
}

function listText(types, values) {
  return [...types].map((type, i) => ' ' + toText(type, values[i])).join('');
}

// --- the host ---------------------------------------------------------------

class HostFailure extends Error {}

// What the host's functions return depends on how often they were called.
function makeHost(log) {
  let state = 1;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) | 0);
  const make = {
    i: () => next(),
    I: () => (BigInt(next()) << 32n) | BigInt(next() >>> 0),
    f: () => next() / 65536 | 0,
    F: () => next() / 1024,
    e: () => (next() >>> 8) % 5 || null,
    r: () => null,
  };
  return (name, params, results) => (...args) => {
    log.push(`host ${name}${listText(params, args)}`);
    if ((next() >>> 8) % 61 === 0) throw new HostFailure();
    const values = [...results].map((type) => make[type]());
    return results.length > 1 ? values : values[0];
  };
}

// Our words for V8's, which does not tell a null entry of a table from one of
// another type, nor a NaN from a float that is too large.
const traps = [
  ['unreachable', 'unreachable'],
  ['memory access out of bounds', 'memory'],
  ['data segment', 'memory'],
  ['table index is out of bounds', 'table'],
  ['table access out of bounds', 'table'],
  ['element segment out of bounds', 'table'],
  ['table initializer', 'table'],
  ['null function or function signature mismatch', 'func'],
  ['divide by zero', 'divide'],
  ['remainder by zero', 'divide'],
  ['divide result unrepresentable', 'range'],
  ['float unrepresentable in integer range', 'range'],
  ['call stack', 'stack'],
];

function trapText(error) {
  if (error instanceof HostFailure) return 'host';
  const known = traps.find(([words]) => error.message.includes(words));
  return known ? known[1] : `?${error.message}`;
}

// Pages, and FNV-1a over the first 32-bit words.
function memoryText(memory, bytes) {
  const words = new Uint32Array(memory.buffer);
  const count = Math.min(words.length, bytes / 4);
  let hash = 0x811c9dc5;
  for (let i = 0; i < count; i++)
    hash = Math.imul(hash ^ words[i], 0x01000193);
  return ` memory ${words.length / 16384} ${(hash >>> 0).toString(16)}`;
}

// --- a module ---------------------------------------------------------------

function imported(words, host, imports) {
  const [kind, module, name, ...rest] = words;
  const limits = (min, max) => ({
    initial: +min, ...(max === '-' ? {} : { maximum: +max }),
  });
  const kinds = {
    func: (types) => host(name, ...types.split(':')),
    global: (type, bits) => new WebAssembly.Global({
      value: { i: 'i32', I: 'i64', f: 'f32', F: 'f64', e: 'externref' }[type],
    }, fromBits(type, bits)),
    memory: (min, max) => new WebAssembly.Memory(limits(min, max)),
    table: (type, min, max) => new WebAssembly.Table({
      element: type === 'r' ? 'anyfunc' : 'externref', ...limits(min, max),
    }, ...(type === 'r' ? [] : [null])),
  };
  (imports[module] ??= {})[name] = kinds[kind](...rest);
}

// What makes the next call end is not part of what is compared.
const isSilent = (name) => name === 'refuel' || name === 'hangLimitInitializer';

const memoryOf = (exports) =>
  Object.values(exports).find((value) => value instanceof WebAssembly.Memory);

function call(exports, words, log) {
  const [, name, types, ...bits] = words;
  const [params, results] = types.split(':');
  const args = bits.map((text, i) => fromBits(params[i], text));
  const memory = memoryOf(exports);
  let line;
  if (!exports[name]) {
    log.push(`${name} missing`);
    return;
  }
  try {
    const value = exports[name](...args);
    const values = results.length > 1 ? value : [value];
    if (isSilent(name)) return;
    line = `${name}${listText(results, values)}`;
  } catch (error) {
    line = `${name} trap ${trapText(error)}`;
  }
  log.push(line + (memory ? memoryText(memory, HASH_BYTES) : ''));
}

function run(folder, seed) {
  const log = [];
  const host = makeHost(log);
  const lines = readFileSync(`${folder}/${seed}.calls`, 'utf8')
    .split('\n').filter(Boolean).map((line) => line.split(' '));
  const imports = {};
  const isImport = ([kind]) => kind !== 'call' && kind !== 'read';
  lines.filter(isImport).forEach((words) => imported(words, host, imports));
  try {
    const module = new WebAssembly.Module(
      readFileSync(`${folder}/${seed}.wasm`));
    const { exports } = new WebAssembly.Instance(module, imports);
    for (const words of lines) {
      if (words[0] === 'call') call(exports, words, log);
      if (words[0] === 'read' && exports[words[1]])
        log.push(`${words[1]} ${toText(words[2], exports[words[1]].value)}`);
    }
    const memory = memoryOf(exports);
    if (memory) log.push('end' + memoryText(memory, Infinity));
  } catch (error) {
    log.push(error instanceof WebAssembly.CompileError
      ? `invalid ${error.message}` : `no instance: ${trapText(error)}`);
  }
  writeFileSync(`${folder}/${seed}.node`, log.join('\n') + '\n');
}

const [folder, ...seeds] = process.argv.slice(2);
seeds.forEach((seed) => run(folder, seed));
