// pyodide.mjs - Python programs and small runs in Pyodide.
//
//     node pyodide.mjs PACKAGE turns FOLDER
//     node pyodide.mjs PACKAGE runs
//
// PACKAGE is the unpacked package.  `turns` is time_programs.py with -, whose
// FOLDER has it and programs/.  `runs` reads lines with a source, as a JSON
// text, and a number, and answers each by a line with the nanoseconds that each
// of so many runs took, in one instance: nothing is made fresh between them.
// They can call add(a, b), which is a function of JavaScript.
//
// SPDX-License-Identifier: Apache-2.0
import { createInterface } from 'node:readline';

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

await (mode === 'turns' ? turns() : runs());
