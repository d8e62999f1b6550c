/** torchvision's geometric kernels of transforms v2 against ours, on fresh images, masks, videos, boxes and points. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, describe, expect, test } from 'vitest'
import { Tally } from './tally.js'
import { runTorchvision, whyNoTorchvision } from './torchvision.js'
import { apart, fewPixels, programs, shown } from './transforms_v2_compare.js'

type Tensor = torch.Tensor

interface Case {
  name: string
  args: unknown[]
  outs?: unknown
  error?: string
}

const folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-v2-geometry-'))
const tally = new Tally('torchvision.transforms.v2')
afterAll(() => {
  rmSync(folder, { recursive: true })
  tally.write()
})
if (whyNoTorchvision) console.error(`no torchvision to compare with: ${whyNoTorchvision}`)

const kernels = torch.vision.transforms.v2.functional as unknown as Record<string, (...args: unknown[]) => unknown>

/** A tensor, or tensors and numbers in lists, as one list. */
const flat = (value: unknown): unknown[] => (Array.isArray(value) ? value.flatMap(flat) : [value])

describe.skipIf(whyNoTorchvision)('geometric kernels of transforms v2', () => {
  test('give what torchvision’s do', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const file = join(folder, 'cases.pt')
    runTorchvision(programs('transforms_v2_inputs.py', 'transforms_v2_geometry.py'), [file, String(seed)])
    const wrong: string[] = []
    const nearly: string[] = []
    const compare = ({ name, args, outs, error }: Case): number => {
      const what = `${name} ${shown(args)}`
      const given = args.filter(arg => torch.is_tensor(arg)).map(arg => (arg as Tensor).clone())
      let mine: unknown[]
      try {
        mine = flat(kernels[name]!(...args))
      } catch (thrown) {
        if (!(thrown instanceof torch.TorchError || thrown instanceof TypeError)) throw thrown
        if (!error) wrong.push(`${what}: only here it fails: ${thrown.message}`)
        return 1
      }
      if (error) {
        wrong.push(`${what}: only there it fails: ${error}`)
        return 1
      }
      const theirs = flat(outs)
      if (mine.length !== theirs.length) wrong.push(`${what}: ${mine.length} results`)
      const far = theirs.map((out, i) => apart(mine[i], out))
      if (!(Math.max(...far) <= 1e-6)) {
        const close = /rotat|affine/.test(name) && theirs.every((out, i) => fewPixels(mine[i], out))
        ;(close ? nearly : wrong).push(`${what}: ${far}`)
      }
      const left = args.filter(arg => torch.is_tensor(arg)) as Tensor[]
      if (!left.every((arg, i) => arg.equal(given[i]!))) wrong.push(`${what}: changes what it was given`)
      return 1
    }
    const compared = tally.each(torch.load(file) as Case[], compare, wrong, nearly)
    console.log(`${compared} comparisons of geometric kernels with torchvision, seed ${seed}`)
    expect(wrong, `seed ${seed}`).toEqual([])
    expect(nearly.length, nearly.join('\n')).toBeLessThan(20)
    expect(compared).toBeGreaterThan(4000)
  })
})
