// blocks.cjs - blocks of small runs and calls, in what runs in Node.
//
// Reads lines `run or call <TAB> file <TAB> argument <TAB> milliseconds`.  For
// that long it runs the source in the file again and again, or calls run() of
// it with the integer, and answers `count <TAB> nanoseconds <TAB> value`, or
// `- <TAB> - <TAB> why` if it cannot.  One use before the first block of each is
// not counted.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const fs = require('node:fs');
const { createInterface } = require('node:readline');

function text(value) {
    return value === null || value === undefined ? 'None' : String(value);
}

function block(use, ms) {
    const begin = performance.now();
    const end = begin + ms;
    let value, now;
    let count = 0;
    do {
        value = use();
        count++;
        now = performance.now();
    } while (now < end);
    return `${count}\t${Math.round((now - begin) * 1e6)}\t${text(value)}`;
}

// `prepare` is given `run` or `call`, the source, the argument, and gives a
// function that does it once.
function takeBlocks(prepare) {
    const prepared = new Map();
    createInterface({ input: process.stdin }).on('line', (line) => {
        const [mode, path, arg, ms] = line.split('\t');
        try {
            const key = `${mode} ${path}`;
            if (!prepared.has(key)) {
                const source = fs.readFileSync(path, 'utf8');
                prepared.set(key, prepare(mode, source, Number(arg)));
                prepared.get(key)();
            }
            console.log(block(prepared.get(key), Number(ms)));
        } catch (error) {
            console.log(`-\t-\t${String(error).split('\n')[0]}`);
        }
    });
}

module.exports = { takeBlocks };
