import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CorpusFile, makeCorpus, readCorpus } from './corpus.js'
import { fuzzReaders } from './fuzz.js'
import { makeCase, truncations } from './mutate.js'
import { read } from './readers.js'

let folder = ''
let corpus: CorpusFile[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-readers-'))
  makeCorpus(join(folder, 'corpus'))
  corpus = readCorpus(join(folder, 'corpus'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the corpus', () => {
  it('is read as it is, in every way', async () => {
    expect(corpus.length).toBeGreaterThanOrEqual(13)
    for (const { name, kind, bytes } of corpus)
      for (let way = 0; way < 6; way++) {
        // LibTorch has no CSR tensors on the meta device.
        if (name === 'sparse.pt' && way === 2) continue
        await expect(
          read(kind, join(folder, `case.${kind}`), bytes, way),
          `${name}, way ${way}`,
        ).resolves.toBeUndefined()
      }
  })

  it('makes the same case of the same number', () => {
    for (const i of [5, 150 * corpus.length + 3, 300 * corpus.length + 7]) {
      const [one, other] = [makeCase(corpus, 'm', 3, i), makeCase(corpus, 'm', 3, i)]
      expect([one.text, one.bytes]).toEqual([other.text, other.bytes])
    }
  })
})

it('damaged and hostile files end in an error or a value', { timeout: 120_000 }, async () => {
  // Another seed than the full run's default, so that the two together see more.
  const seed = Number(process.env.TORCH_NODE_FUZZ_SEED ?? 7)
  console.log(`seed ${seed}`)
  // A slice of the truncations of each file, then of everything else.
  const first = (truncations - 20) * corpus.length
  const report = await fuzzReaders({ seed, first, cases: 170 * corpus.length, seconds: 20 })
  expect({ seed, crashes: report.crashes, breaches: report.breaches }).toEqual({ seed, crashes: [], breaches: [] })
  expect(report.returned).toBeGreaterThan(50)
  expect(report.threw).toBeGreaterThan(500)
})
