/** The colour transforms against torchvision’s, on fresh random tensors and pictures. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Tally } from './tally.js'
import { runTorchvision, whyNoTorchvision } from './torchvision.js'

type Tensor = torch.Tensor
type Mode = torch.vision.Image['mode']

interface TensorCase {
  name: string
  args: string
  x: Tensor
  out: Tensor
}

interface PictureCase extends TensorCase {
  mode: Mode
  out_mode: Mode
}

interface ClassCase {
  name: string
  /** Of the constructor, as JSON. */
  keywords: string
  /** Its printed form. */
  text: string
  /** A tensor image, or pixels (H, W, bands) of a picture of `mode`. */
  x: Tensor
  mode: Mode | ''
  seed: number
  /** What a dozen calls gave. */
  out: Tensor
  /** What `torch.rand(3)` gave then. */
  after: Tensor
}

const { transforms } = torch.vision
const F = transforms.functional as unknown as Record<string, (img: unknown, ...args: number[]) => never>
const T = transforms as unknown as Record<string, new (keywords: object) => (img: unknown) => never>
const folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-color-'))
const seed = Math.floor(Math.random() * 2 ** 31)
let cases: { tensors: TensorCase[]; pictures: PictureCase[]; classes: ClassCase[] }
const tally = new Tally('torchvision.transforms')
afterAll(() => {
  rmSync(folder, { recursive: true })
  tally.write()
})

const pictureOf = (pixels: Tensor, mode: Mode) => transforms.functional.to_pil_image(pixels.permute(2, 0, 1), mode)
const pixelsOf = (image: torch.vision.Image) => transforms.functional.pil_to_tensor(image).permute(1, 2, 0)

/** Whole numbers to the last, floats to 1e-6. */
function same(mine: Tensor, theirs: Tensor): boolean {
  if (mine.dtype !== theirs.dtype || String(mine.shape) !== String(theirs.shape)) return false
  return theirs.is_floating_point() ? mine.allclose(theirs, { rtol: 1e-6, atol: 1e-6 }) : mine.equal(theirs)
}

describe.skipIf(whyNoTorchvision)('colour transforms', () => {
  beforeAll(() => {
    const file = join(folder, 'cases.pt')
    runTorchvision(readFileSync(new URL('transforms_color.py', import.meta.url), 'utf8'), [file, `${seed}`])
    cases = torch.load(file) as typeof cases
    const counts = Object.entries(cases).map(([kind, { length }]) => `${length} of ${kind}`)
    console.log(`colour transforms: seed ${seed}, comparisons: ${counts.join(', ')}`)
  })

  test('of tensors are torchvision’s', () => {
    const wrong = cases.tensors.filter(({ name, args, x, out }) => !same(F[name]!(x, ...JSON.parse(args)), out))
    tally.addAll(cases.tensors, wrong)
    expect(wrong.map(({ name, args, x }) => `${name} ${args} ${x.dtype.name} ${x.shape} (seed ${seed})`)).toEqual([])
    expect(cases.tensors.length).toBeGreaterThan(5000)
  })

  test('of pictures are Pillow’s', () => {
    const wrong = cases.pictures.filter(({ name, args, mode, x, out_mode, out }) => {
      const result: torch.vision.Image = F[name]!(pictureOf(x, mode), ...JSON.parse(args))
      return result.mode !== out_mode || !same(pixelsOf(result), out)
    })
    tally.addAll(cases.pictures, wrong)
    expect(wrong.map(({ name, args, mode, x }) => `${name} ${args} ${mode} ${x.shape} (seed ${seed})`)).toEqual([])
    expect(cases.pictures.length).toBeGreaterThan(2000)
  })

  test('draw and print as torchvision’s', () => {
    const wrong = cases.classes.filter(({ name, keywords, text, x, mode, seed, out, after }) => {
      const transform = new T[name]!(JSON.parse(keywords))
      torch.manual_seed(seed)
      const mine = Array.from({ length: 12 }, () =>
        mode ? pixelsOf(transform(pictureOf(x, mode))) : (transform(x) as Tensor),
      )
      return String(transform) !== text || !same(torch.stack(mine), out) || !torch.rand(3).equal(after)
    })
    tally.addAll(cases.classes, wrong)
    expect(wrong.map(({ text, x, mode }) => `${text} ${mode} ${x.shape} (seed ${seed})`)).toEqual([])
  })
})
