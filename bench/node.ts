/** The torch-node side of the bench: a process that times a case on demand; see side.ts for the protocol. */
import { createInterface } from 'node:readline'
import * as torch from 'torch-node'
import { cases } from './cases.js'
import type { Answer, Request } from './side.js'

const made = new Map<string, () => unknown>()

function workOf(name: string): () => unknown {
  const work = made.get(name) ?? cases[name]!()
  made.set(name, work)
  return work
}

/** Nanoseconds for one iteration, over about so many seconds. Awaits the work of cases that are asynchronous. */
async function measure(name: string, seconds: number): Promise<number> {
  const work = workOf(name)
  const budget = BigInt(Math.round(seconds * 1e9))
  let count = 1
  for (;;) {
    const begin = process.hrtime.bigint()
    for (let i = 0; i < count; i++) {
      const pending = work()
      if (pending instanceof Promise) await pending
    }
    const took = process.hrtime.bigint() - begin
    if (took >= budget) return Number(took) / count
    const wanted = (count * Number(budget)) / Math.max(Number(took), 1)
    count = Math.max(count + 1, Math.min(count * 10, Math.trunc(wanted * 1.05)))
  }
}

async function answer(request: Request): Promise<Answer> {
  if ('threads' in request) {
    torch.set_num_threads(request.threads)
    return { version: torch.__version__, cases: Object.keys(cases) }
  }
  return { ns: await measure(request.case, request.seconds) }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Request))}\n`)
}
