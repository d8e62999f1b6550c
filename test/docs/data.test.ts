/** The two files of docs/data.md. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'

test('run and print what they should', () => {
  const page = readFileSync(join(packageRoot, 'docs', 'data.md'), 'utf8')
  const files = [...page.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```/gm)].map(
    ([, name, code]) => [name!, code!] as const,
  )
  expect(files.map(([name]) => name)).toEqual(['points.mjs', 'train.mjs'])
  // In this folder 'torch-node' is the package itself.
  const folder = join(packageRoot, '.cache', `docs-data-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  try {
    for (const [name, code] of files) writeFileSync(join(folder, name), code)
    const run = spawnSync(process.execPath, [join(folder, 'train.mjs')], { encoding: 'utf8', timeout: 50_000 })
    expect(run.stderr).toBe('')
    expect(run.status).toBe(0)
    const epoch = (i: number) =>
      [
        [4, '0101'],
        [4, '0101'],
        [2, '01'],
      ].map(([n, labels]) => `epoch ${i} torch.Size([${n}, 3]) ${labels}`)
    expect(run.stdout.trimEnd().split('\n')).toEqual([...epoch(0), ...epoch(1), 'lines 0,1,2,3,4'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
