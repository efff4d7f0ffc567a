// monty.cjs - Python programs and small runs in Monty.
//
//     node monty.cjs PACKAGE turns FOLDER
//     node monty.cjs PACKAGE runs
//     node monty.cjs PACKAGE blocks
//
// As pyodide.mjs, but all is fresh.  `blocks` parses a source for each run of it.
// For calls of a function it parses the source and the call once, and then runs
// both each time, with the argument as an input: that is quicker than to load a
// session that was dumped with the function in it, which is the other way.
//
// Monty has no clock, so that a turn is timed from outside, with what stands
// beside run() in the program, which is little.  It is held to 512 MB, because
// some programs make it take all there is.
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const fs = require('node:fs');
const { createInterface } = require('node:readline');
const [folder, mode, programs] = process.argv.slice(2);
const { takeBlocks } = require('./blocks.cjs');
const { Monty } = require(folder);

const add = (a, b) => a + b;
const limits = { maxMemory: 512 << 20, maxDurationSecs: 60 };

function turn(name) {
    const source = fs.readFileSync(`${programs}/programs/${name}.py`, 'utf8');
    try {
        const program = new Monty(`${source}\nrepr(run())\n`);
        const begin = process.hrtime.bigint();
        const value = program.run({ limits });
        const ns = process.hrtime.bigint() - begin;
        console.log(`${name}\t${(Number(ns) / 1e9).toFixed(6)}\t${value}`);
    } catch (error) {
        console.log(`${name}\t-\t${String(error).split('\n')[0]}`);
    }
}

function runs(line) {
    const [source, count] = JSON.parse(line);
    const took = [];
    for (let i = 0; i < count; i++) {
        const begin = process.hrtime.bigint();
        new Monty(source).run({ externalFunctions: { add } });
        took.push(process.hrtime.bigint() - begin);
    }
    console.log(took.join(' '));
}

function prepare(mode, source, n) {
    if (mode === 'run')
        return () => new Monty(source).run();
    const program = new Monty(`${source}\nrun(n)\n`, { inputs: ['n'] });
    return () => program.run({ inputs: { n } });
}

if (mode === 'blocks')
    takeBlocks(prepare);
else
    createInterface({ input: process.stdin })
        .on('line', mode === 'turns' ? turn : runs);
