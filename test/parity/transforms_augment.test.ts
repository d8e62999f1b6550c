/** AutoAugment and its successors against torchvision’s: the same draws, so the same pictures. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Tally } from './tally.js'
import { runTorchvision, whyNoTorchvision } from './torchvision.js'

type Tensor = torch.Tensor
type Mode = torch.vision.Image['mode']

interface Case {
  name: string
  /** Of the constructor, as JSON. */
  keywords: string
  /** Its printed form. */
  text: string
  /** A tensor image, or pixels (H, W, bands) of a picture of `mode`. */
  x: Tensor
  mode: Mode | ''
  seed: number
  /** What calls one after the other gave. */
  out: Tensor
  /** What `torch.rand(3)` gave then. */
  after: Tensor
}

const { transforms } = torch.vision
const F = transforms.functional
const T = transforms as unknown as Record<string, new (keywords: object) => (img: unknown) => never>
const folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-augment-'))
const seed = Math.floor(Math.random() * 2 ** 31)
let cases: Case[] = []
const tally = new Tally('torchvision.transforms')
afterAll(() => {
  rmSync(folder, { recursive: true })
  tally.write()
})

const pictureOf = (pixels: Tensor, mode: Mode) => F.to_pil_image(pixels.permute(2, 0, 1), mode)
const pixelsOf = (image: torch.vision.Image) => F.pil_to_tensor(image).permute(1, 2, 0)

describe.skipIf(whyNoTorchvision)('automatic augmentation', () => {
  beforeAll(() => {
    const file = join(folder, 'cases.pt')
    runTorchvision(readFileSync(new URL('transforms_augment.py', import.meta.url), 'utf8'), [file, `${seed}`])
    cases = torch.load(file) as Case[]
    const pictures = cases.reduce((sum, { out }) => sum + out.size(0), 0)
    console.log(`automatic augmentation: seed ${seed}, comparisons: ${pictures} pictures`)
  })

  test('draws, changes and prints as torchvision’s', () => {
    expect(cases.length).toBe(50)
    const wrong: string[] = []
    const compare = ({ name, keywords, text, x, mode, seed: draws, out, after }: Case): number => {
      const transform = new T[name]!(JSON.parse(keywords))
      torch.manual_seed(draws)
      const mine = Array.from({ length: out.size(0) }, () =>
        mode ? pixelsOf(transform(pictureOf(x, mode))) : (transform(x) as Tensor),
      )
      const off = mine.map((image, i) => image.int().sub(out.select(0, i).int()).abs())
      const different = off.filter(image => image.max().item() !== 0)
      const what = `${text} ${mode} ${x.shape} (seed ${seed})`
      if (String(transform) !== text) wrong.push(`${transform} instead of ${what}`)
      if (!torch.rand(3).equal(after)) wrong.push(`draws of ${what}`)
      if (different.length > 0) {
        const parts = different.map(image => `${image.max().item()} in ${image.gt(0).float().mean().item()}`)
        wrong.push(`${what}: off by ${parts.slice(0, 4).join(', ')}`)
      }
      return out.size(0)
    }
    tally.each(cases, compare, wrong)
    expect(wrong).toEqual([])
  })
})
