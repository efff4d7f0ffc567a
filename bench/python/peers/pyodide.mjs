// pyodide.mjs - Python programs and small runs in Pyodide.
//
//     node pyodide.mjs PACKAGE turns FOLDER
//     node pyodide.mjs PACKAGE runs
//     node pyodide.mjs PACKAGE blocks
//
// PACKAGE is the unpacked package.  `turns` is time_programs.py with -, whose
// FOLDER has it and programs/.  `runs` reads lines with a source, as a JSON
// text, and a number, and answers each by a line with the nanoseconds that each
// of so many runs took, in one instance: nothing is made fresh between them.
// They can call add(a, b), which is a function of JavaScript.  `blocks` is what
// blocks.cjs says, in one instance as well.
//
// SPDX-License-Identifier: Apache-2.0
import { createInterface } from 'node:readline';
import blocks from './blocks.cjs';

const [folder, mode, programs] = process.argv.slice(2);
const { loadPyodide } = await import(`${folder}/pyodide.mjs`);
const pyodide = await loadPyodide({ indexURL: `${folder}/` });
pyodide.globals.set('add', (a, b) => a + b);

function turns() {
    pyodide.FS.mkdirTree('/bench');
    const { mount, filesystems } = pyodide.FS;
    mount(filesystems.NODEFS, { root: programs }, '/bench');
    pyodide.runPython(`
import sys, warnings
warnings.simplefilter('ignore')
sys.path.insert(0, '/bench')
import time_programs
time_programs.take_turns('/bench/programs', sys.stdin)
`);
}

async function runs() {
    for await (const line of createInterface({ input: process.stdin })) {
        const [source, count] = JSON.parse(line);
        const took = [];
        for (let i = 0; i < count; i++) {
            const begin = process.hrtime.bigint();
            pyodide.runPython(source);
            took.push(process.hrtime.bigint() - begin);
        }
        console.log(took.join(' '));
    }
}

function prepare(mode, source, n) {
    if (mode === 'run')
        return () => pyodide.runPython(source);
    const globals = pyodide.toPy({});
    pyodide.runPython(source, { globals });
    const run = globals.get('run');
    return () => run(n);
}

if (mode === 'blocks')
    blocks.takeBlocks(prepare);
else
    await (mode === 'turns' ? turns() : runs());
