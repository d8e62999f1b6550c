/** `child.js FOLDER FIRST`: runs the drawn cases from number FIRST on and prints one JSON line for each. */
import { writeSync } from 'node:fs'
import * as torch from 'torch-node'
import { runCase } from './checks.js'
import { readDrawn } from './values.js'

const [folder, first] = process.argv.slice(2)
if (!folder || !first) throw new Error('usage: child.js FOLDER FIRST')
torch.set_num_threads(1)
const { cases, bytes } = readDrawn(folder)
for (const sample of cases.slice(Number(first))) {
  // Written at once: a call that ends the process must not take earlier lines with it.
  writeSync(1, `${JSON.stringify(runCase(sample, bytes))}\n`)
}
