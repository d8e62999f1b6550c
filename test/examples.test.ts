import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'
import { runProgram } from './run_program.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-examples-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What each program has to print, and the pictures it has to write. */
const guides: Record<string, { prints: RegExp; writes?: string[] }> = {
  guide_1_1_tensors: { prints: /torch\.Size\(\[3, 240, 320\]\)/ },
  guide_1_2_normalize: { prints: /Normalize\(mean=\[0\.485, 0\.456, 0\.406\]/ },
  guide_4_1_cnn: { prints: /12851562 parameters[\s\S]*tensor\(\[\[0\./ },
  guide_5_1_show: {
    prints: /Original Image: /,
    writes: ['original_image.png', 'batch.png', 'normalized_image.png'],
  },
  guide_5_2_gradients: { prints: /step 3: loss=0\.\d{4}\n0\.weight: grad_max=0\.\d{4}\n/ },
  guide_7_1_accumulation: { prints: /largest difference of a weight: \d\.\de-[6-9]/ },
  guide_7_2_clipping: { prints: /without clipping the loss ends at NaN[\s\S]*with max_norm=1\.0 it ends at \d+\.\d/ },
}

describe('the guide’s programs', () => {
  test('are all tried here', () => {
    const programs = readdirSync(join(packageRoot, 'examples')).filter(name => name.startsWith('guide_'))
    expect(programs.sort()).toEqual(Object.keys(guides).map(name => `${name}.ts`))
  })

  test.each(Object.entries(guides))('%s', async (name, { prints, writes = [] }) => {
    expect(runProgram(`examples/${name}.ts`, [], folder)).toMatch(prints)
    for (const picture of writes) {
      const image = await torch.vision.Image.open(join(folder, 'runs', 'guide', picture))
      expect(image.mode).toBe('RGB')
    }
  })

  test('take a picture of one’s own', async () => {
    const path = join(folder, 'own.jpg')
    await torch.vision.Image.new('L', [50, 40], 100).save(path)
    expect(runProgram('examples/guide_1_1_tensors.ts', [path])).toContain('torch.Size([3, 40, 50])')
  })
})

test('every transform is on the contact sheet', async () => {
  expect(runProgram('examples/augmentations.ts', [], folder)).toMatch(/^40 tiles: /)
  const sheet = await torch.vision.Image.open(join(folder, 'runs', 'augmentations', 'sheet.png'))
  expect(sheet.size).toEqual([8 * (128 + 6) + 6, 5 * (96 + 12 + 6) + 6])
  const source = readFileSync(join(packageRoot, 'examples', 'augmentations.ts'), 'utf8')
  const classes = Object.keys(torch.vision.transforms).filter(
    name => /^[A-Z]/.test(name) && !['AutoAugmentPolicy', 'InterpolationMode'].includes(name),
  )
  expect(classes.filter(name => !source.includes(`new T.${name}(`))).toEqual([])
})

test('the main job learns, and writes its checkpoint and picture', { timeout: 120_000 }, async () => {
  const out = join(folder, 'mnist')
  const printed = runProgram('examples/mnist.ts', ['--limit', '6000', '--epochs', '2', '--out', out])
  expect(printed.match(/epoch \d: test accuracy \d+\.\d\d %, RSS \d+ MB, peak \d+ MB/g)).toHaveLength(2)
  const accuracy = Number(/^test accuracy: (\d+\.\d+) %$/m.exec(printed)?.[1])
  expect(accuracy).toBeGreaterThan(90)
  const checkpoint = torch.load(join(out, 'model.pt')) as { model: Record<string, torch.Tensor>; accuracy: number }
  expect(checkpoint.accuracy * 100).toBeCloseTo(accuracy, 2)
  expect(checkpoint.model['fc1.weight']?.shape).toEqual([128, 1568])
  expect(existsSync(join(out, 'predictions.png'))).toBe(true)
  const picture = await torch.vision.Image.open(join(out, 'predictions.png'))
  // The first tile's frame is green or red.
  expect([
    [26, 166, 64],
    [217, 38, 38],
  ]).toContainEqual(picture.getpixel([4, 4]))
})
