/**
 * `child.js SEED FIRST COUNT PROGRESS`: makes the calls FIRST up to FIRST + COUNT. Before each, its number goes into the file
 * PROGRESS, where it survives a crash; what breaks the rules is printed as a JSON line.
 */
import { openSync, writeSync } from 'node:fs'
import * as torch from 'torch-node'
import { makeCall, restore } from './calls.js'
import { MARK, type Message } from './protocol.js'

const [seed, first, count] = process.argv.slice(2, 5).map(Number) as [number, number, number]
const progress = openSync(process.argv[5]!, 'w')
const number = Buffer.alloc(8)

function print(line: Message): void {
  // Functions under test print too: the mark tells these lines from theirs.
  writeSync(1, `\n${MARK}${JSON.stringify(line)}\n`)
}

/** The rule: a call returns, or throws a TypeError or a TorchError. What the file system says, Node's own errors tell. */
function check(i: number, text: string, error: unknown): void {
  if (error instanceof TypeError || error instanceof torch.TorchError) return
  if (error instanceof Error && 'syscall' in error) return
  const words = error instanceof Error ? `${error.name}: ${error.message.slice(0, 300)}` : `not an Error`
  print({ i, text: text.slice(0, 1000), error: words })
}

let returned = 0
let threw = 0
const waiting = new Set<Promise<unknown>>()

function watch(i: number, text: string, promise: Promise<unknown>): void {
  const settled: Promise<unknown> = promise
    .catch((error: unknown) => check(i, text, error))
    .finally(() => waiting.delete(settled))
  waiting.add(settled)
}

process.on('unhandledRejection', error => check(-1, 'a promise nobody waits for', error))
torch.set_num_threads(1)

for (let i = first; i < first + count; i++) {
  number.writeDoubleLE(i)
  writeSync(progress, number, 0, 8, 0)
  const call = makeCall(seed, i)
  const began = performance.now()
  try {
    const result = call.run()
    returned++
    if (result instanceof Promise) watch(i, call.text, result)
  } catch (error) {
    threw++
    check(i, call.text, error)
  }
  const took = performance.now() - began
  if (took > 2000) print({ i, text: call.text.slice(0, 1000), error: `took ${(took / 1000).toFixed(1)} s` })
  if (/set_|grad|mode|deterministic|default/.test(call.name)) restore()
  if ((i + 1) % 250 === 0 || i + 1 === first + count) {
    // Lets finalizers, promises and timers have their turn, and tells the parent that this lives.
    await new Promise(done => setImmediate(done))
    await Promise.race([Promise.all(waiting), new Promise(done => setTimeout(done, 2000))])
    print({ done: i + 1, returned, threw })
    returned = threw = 0
  }
}
process.exit(0)
