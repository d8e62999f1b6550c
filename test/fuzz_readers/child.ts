/**
 * `child.js CORPUS SEED FIRST COUNT PROGRESS`: reads the cases FIRST up to FIRST + COUNT in the current folder. Before each,
 * its number goes into the file PROGRESS, where it survives a crash; what breaks the rules is printed as a JSON line.
 */
import { existsSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { MARK, type Message } from '../fuzz/protocol.js'
import { readCorpus } from './corpus.js'
import { makeCase } from './mutate.js'
import { read } from './readers.js'

const corpus = readCorpus(process.argv[2]!)
const [seed, first, count] = process.argv.slice(3, 6).map(Number) as [number, number, number]
const progress = openSync(process.argv[6]!, 'w')
const number = Buffer.alloc(8)
const marker = join(process.cwd(), 'executed')

/** What one case may take. */
const maxSeconds = 5
const maxBytes = 500e6

function print(line: Message): void {
  writeSync(1, `\n${MARK}${JSON.stringify(line)}\n`)
}

function wrong(error: unknown): string | null {
  if (error instanceof TypeError || error instanceof torch.TorchError) return null
  if (error instanceof Error && 'syscall' in error) return null
  return error instanceof Error ? `${error.name}: ${error.message.slice(0, 300)}` : 'not an Error'
}

torch.set_num_threads(1)
let returned = 0
let threw = 0

for (let i = first; i < first + count; i++) {
  number.writeDoubleLE(i)
  writeSync(progress, number, 0, 8, 0)
  const { file, text, bytes } = makeCase(corpus, marker, seed, i)
  const breach = (error: string) => print({ i, text: text.slice(0, 1000), error })
  const peak = process.resourceUsage().maxRSS * 1024
  const before = process.memoryUsage.rss()
  const began = performance.now()
  try {
    await read(file.kind, join(process.cwd(), `case.${file.kind}`), bytes, Math.floor(i / corpus.length))
    returned++
  } catch (error) {
    threw++
    const why = wrong(error)
    if (why !== null) breach(why)
  }
  const took = (performance.now() - began) / 1000
  if (took > maxSeconds) breach(`took ${took.toFixed(1)} s`)
  const after = process.resourceUsage().maxRSS * 1024
  if (after > peak && after - before > maxBytes) breach(`took ${Math.round((after - before) / 1e6)} MB`)
  if (existsSync(marker)) {
    rmSync(marker)
    breach('ran code of the file')
  }
  if ((i + 1) % 100 === 0 || i + 1 === first + count) {
    await new Promise(done => setImmediate(done))
    print({ done: i + 1, returned, threw })
    returned = threw = 0
  }
}
process.exit(0)
