/** The program that docs/serving.md's blocks make together. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'

test('runs and prints what the page says', () => {
  const page = readFileSync(join(packageRoot, 'docs', 'serving.md'), 'utf8')
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code)
  expect(blocks.length).toBeGreaterThan(5)
  // In this folder 'torch-node' is the package itself.
  const folder = join(packageRoot, '.cache', `docs-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  try {
    const file = join(folder, 'serving.mjs')
    writeFileSync(file, blocks.join('\n'))
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 60_000 })
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout.trimEnd().split('\n')).toEqual([
      'scores [ 4, 10 ]',
      'in flight { running: 0, waiting: 0 }',
      'answers 40 [ 10 ]',
      'batches 3',
      'results fulfilled rejected fulfilled',
      'third ERR_TORCH_OVERLOADED',
      'last [ 10 ]',
      'samples 41 bounds 1,2,4,8,16',
      'requests that waited 41',
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
