// Begins loops that it forgets; their threads have to end with them, and the process too.
import { readdirSync } from 'node:fs'
import * as torch from 'torch-node'
import { Numbers } from './datasets.mjs'

const { DataLoader } = torch.utils.data
const threads = () => readdirSync('/proc/self/task').length
const wait = ms => new Promise(resolve => setTimeout(resolve, ms))
let started = 0

async function forget(options) {
  const iterator = new DataLoader(new Numbers(100), { num_workers: 1, ...options })[Symbol.asyncIterator]()
  await iterator.next()
  started++
}

for await (const _ of new DataLoader(new Numbers(1), { num_workers: 1 }));
const before = threads()
await forget({})
await forget({ persistent_workers: true })
for (let i = 0; i < 100 && threads() > before; i++) {
  globalThis.gc()
  await wait(20)
}
console.log(`started ${started} left ${threads() - before}`)
// One that is still held does not keep the process.
globalThis.held = new DataLoader(new Numbers(100), { num_workers: 1 })[Symbol.asyncIterator]()
await globalThis.held.next()
