/** transforms.v2 but for its geometry against torchvision’s, on fresh random tensors, pictures, boxes and samples. */
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

interface BoxesCase extends TensorCase {
  format: torch.vision.tv_tensors.BoundingBoxFormat
}

/** `tensor`, `picture`, or the name of a class of tv_tensors. */
type Kind = 'tensor' | 'picture' | 'Image' | 'Video'

interface ClassCase {
  name: string
  /** Of the constructor, as JSON. */
  keywords: string
  /** Its printed form. */
  text: string
  kind: Kind
  x: Tensor
  seed: number
  /** The class of what came out. */
  type: string
  /** What six calls gave. */
  out: Tensor
  /** What `torch.rand(3)` gave then. */
  after: Tensor
}

interface MixCase extends Omit<ClassCase, 'keywords'> {
  alpha: number
  labels: Tensor
  mixed: Tensor
}

interface ContainerCase extends Omit<ClassCase, 'name' | 'keywords' | 'kind' | 'type'> {
  /** What made it, in Python. */
  program: string
}

type Named = Record<'boxes' | 'mask' | 'LaBels' | 'video', Tensor>

interface SampleCase {
  format: torch.vision.tv_tensors.BoundingBoxFormat
  given: Named
  result: Named
  text: string
}

interface Cases {
  containers: ContainerCase[]
  samples: SampleCase[]
  tensors: TensorCase[]
  pictures: PictureCase[]
  boxes: BoxesCase[]
  classes: ClassCase[]
  mixes: MixCase[]
}

const { tv_tensors, transforms } = torch.vision
const { v2 } = transforms
const F = v2.functional as unknown as Record<string, (...args: unknown[]) => never>
const T = v2 as unknown as Record<string, new (keywords: object) => (...samples: unknown[]) => never>
const folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-v2-'))
const seed = Math.floor(Math.random() * 2 ** 31)
let cases: Cases
const tally = new Tally('torchvision.transforms.v2')
afterAll(() => {
  rmSync(folder, { recursive: true })
  tally.write()
})

const pictureOf = (chw: Tensor) => transforms.functional.to_pil_image(chw)
const pixelsOf = (image: torch.vision.Image) => transforms.functional.pil_to_tensor(image)

/** Whole numbers to the last, floats to 1e-6. */
function same(mine: Tensor, theirs: Tensor): boolean {
  if (mine.dtype !== theirs.dtype || String(mine.shape) !== String(theirs.shape)) return false
  if (!theirs.is_floating_point()) return mine.equal(theirs)
  return mine.allclose(theirs, { rtol: 1e-6, atol: 1e-6, equal_nan: true })
}

function given(kind: Kind, x: Tensor): unknown {
  if (kind === 'tensor') return x
  return kind === 'picture' ? pictureOf(x) : new tv_tensors[kind](x)
}

/** Python's name of a value's class. */
const typeOf = (value: unknown) =>
  value instanceof torch.vision.Image ? 'picture' : (value as object).constructor.name

const plainOf = (value: unknown): Tensor =>
  value instanceof torch.vision.Image ? pixelsOf(value) : (value as Tensor).as_subclass(torch.Tensor)

/** The programs of the Python side, written here. */
const containers: Record<string, () => unknown> = {
  'v2.Compose([v2.RandomInvert(), v2.ColorJitter(brightness=0.5), v2.RandomSolarize(0.4)])': () =>
    new v2.Compose([new v2.RandomInvert(), new v2.ColorJitter({ brightness: 0.5 }), new v2.RandomSolarize(0.4)]),
  'v2.RandomApply([v2.RandomInvert(p=0.5), v2.RandomChannelPermutation()], p=0.4)': () =>
    new v2.RandomApply([new v2.RandomInvert(), new v2.RandomChannelPermutation()], 0.4),
  'v2.RandomChoice([v2.Identity(), v2.RandomInvert(p=1), v2.RandomPosterize(2, p=0.7)], p=[1, 2, 1.5])': () =>
    new v2.RandomChoice(
      [new v2.Identity(), new v2.RandomInvert(1), new v2.RandomPosterize(2, { p: 0.7 })],
      [1, 2, 1.5],
    ),
  'v2.RandomChoice([v2.Identity(), v2.RandomInvert(p=1)])': () =>
    new v2.RandomChoice([new v2.Identity(), new v2.RandomInvert(1)]),
  'v2.RandomOrder([v2.RandomInvert(), v2.ColorJitter(hue=0.3), v2.GaussianBlur(3)])': () =>
    new v2.RandomOrder([new v2.RandomInvert(), new v2.ColorJitter({ hue: 0.3 }), new v2.GaussianBlur(3)]),
  'v2.Compose([v2.RandomApply([v2.Grayscale(3)]), v2.RandomErasing(p=0.8)])': () =>
    new v2.Compose([new v2.RandomApply([new v2.Grayscale(3)]), new v2.RandomErasing({ p: 0.8 })]),
}

/** What the Python side calls otherwise. */
const boxKernels: Record<string, string> = {
  clamp: 'clamp_bounding_boxes',
  convert: 'convert_bounding_box_format',
  sanitize: 'sanitize_bounding_boxes',
}

describe.skipIf(whyNoTorchvision)('transforms.v2', () => {
  beforeAll(() => {
    const file = join(folder, 'cases.pt')
    runTorchvision(readFileSync(new URL('transforms_v2_kernels.py', import.meta.url), 'utf8'), [file, `${seed}`])
    cases = torch.load(file) as unknown as Cases
    const counts = Object.entries(cases).map(([kind, { length }]) => `${length} of ${kind}`)
    console.log(`transforms.v2: seed ${seed}, comparisons: ${counts.join(', ')}`)
  }, 120_000)

  test('of tensors are torchvision’s', () => {
    const wrong = cases.tensors.filter(({ name, args, x, out }) => {
      const values = JSON.parse(args) as unknown[]
      if (name === 'to_dtype') values[0] = (torch as unknown as Record<string, unknown>)[values[0] as string]
      return !same(F[name]!(x, ...values), out)
    })
    tally.addAll(cases.tensors, wrong)
    expect(wrong.map(({ name, args, x }) => `${name} ${args} ${x.dtype.name} ${x.shape} (seed ${seed})`)).toEqual([])
    expect(cases.tensors.length).toBeGreaterThan(2000)
  })

  test('of pictures are Pillow’s', () => {
    const wrong = cases.pictures.filter(({ name, args, mode, x, out_mode, out }) => {
      const picture = transforms.functional.to_pil_image(x.permute(2, 0, 1), mode)
      const result: torch.vision.Image = F[name]!(picture, ...JSON.parse(args))
      return result.mode !== out_mode || !same(pixelsOf(result).permute(1, 2, 0), out)
    })
    tally.addAll(cases.pictures, wrong)
    expect(wrong.map(({ name, args, mode, x }) => `${name} ${args} ${mode} ${x.shape} (seed ${seed})`)).toEqual([])
    expect(cases.pictures.length).toBeGreaterThan(300)
  })

  test('of boxes and points are torchvision’s', () => {
    const canvas_size = [30, 37] as const
    const wrong = cases.boxes.filter(({ name, args, format, x, out }) => {
      if (name === 'clamp_keypoints') return !same(plainOf(F[name]!(new tv_tensors.KeyPoints(x, { canvas_size }))), out)
      if (name === 'sanitize_keypoints')
        return !same(plainOf(F[name]!(new tv_tensors.KeyPoints(x, { canvas_size }))[0]), out)
      const boxes = new tv_tensors.BoundingBoxes(x, { format, canvas_size })
      if (name === 'convert') {
        const converted: torch.vision.tv_tensors.BoundingBoxes = F.convert_bounding_box_format!(boxes, {
          new_format: args,
        })
        return converted.format !== args || !same(plainOf(converted), out)
      }
      if (name === 'clamp') return !same(plainOf(F.clamp_bounding_boxes!(boxes, { clamping_mode: args || null })), out)
      return !same(plainOf(F.sanitize_bounding_boxes!(boxes, { min_size: 2, min_area: 9 })[0]), out)
    })
    for (const item of cases.boxes)
      tally.add(boxKernels[item.name] ?? item.name, wrong.includes(item) ? 'wrong' : 'equal')
    expect(
      wrong.map(({ name, args, format, x }) => `${name} ${format} ${args} ${x.dtype.name} (seed ${seed})`),
    ).toEqual([])
    expect(cases.boxes.length).toBeGreaterThan(200)
  })

  test('draw and print as torchvision’s', () => {
    const wrong = cases.classes.filter(({ name, keywords, text, kind, x, seed, type, out, after }) => {
      const transform = new T[name]!(JSON.parse(keywords))
      torch.manual_seed(seed)
      const image = given(kind, x)
      const results = Array.from({ length: 6 }, () => {
        const sample: { x: unknown[] } = transform({ x: [image, 3], other: torch.ones(2) })
        return sample.x[0]
      })
      if (String(transform) !== text || results.some(result => typeOf(result) !== type)) return true
      return !same(torch.stack(results.map(plainOf)), out) || !torch.rand(3).equal(after)
    })
    tally.addAll(cases.classes, wrong)
    expect(wrong.map(({ text, kind, x }) => `${text} ${kind} ${x.dtype.name} ${x.shape} (seed ${seed})`)).toEqual([])
    expect(cases.classes.length).toBeGreaterThan(400)
  })

  test('in containers draw and print as torchvision’s', () => {
    const wrong = cases.containers.filter(({ program, text, x, seed, out, after }) => {
      const transform = containers[program]!() as (x: Tensor) => Tensor
      torch.manual_seed(seed)
      const mine = torch.stack(Array.from({ length: 8 }, () => transform(x)))
      return String(transform) !== text || !same(mine, out) || !torch.rand(3).equal(after)
    })
    for (const item of cases.containers)
      tally.add(/v2\.(\w+)/.exec(item.program)![1]!, wrong.includes(item) ? 'wrong' : 'equal')
    expect(wrong.map(({ program, x }) => `${program} ${x.shape} (seed ${seed})`)).toEqual([])
  })

  test('of samples with boxes, masks and labels are torchvision’s', () => {
    const transform = new v2.Compose([
      new v2.ClampBoundingBoxes(),
      new v2.SanitizeBoundingBoxes(3, 20),
      new v2.ConvertBoundingBoxFormat('CXCYWH'),
      new v2.UniformTemporalSubsample(4),
    ])
    for (const { format, given, result, text } of cases.samples) {
      const sample = {
        ...given,
        boxes: new tv_tensors.BoundingBoxes(given.boxes, { format, canvas_size: [30, 37] }),
        mask: new tv_tensors.Mask(given.mask),
        video: new tv_tensors.Video(given.video),
      }
      const mine = transform(sample)
      const wrong = Object.entries(result).filter(([name, theirs]) => !same(plainOf(mine[name as keyof Named]), theirs))
      expect(wrong.map(([name]) => `${name} of ${format} (seed ${seed})`)).toEqual([])
      expect(String(transform)).toBe(text)
    }
  })

  test('mix batches and labels as torchvision’s', () => {
    const wrong = cases.mixes.filter(({ name, alpha, text, kind, x, labels, seed, type, out, mixed, after }) => {
      const transform = new T[name]!({ alpha, num_classes: 6 })
      torch.manual_seed(seed)
      const [batch, own]: [Tensor, Tensor] = transform(given(kind, x), labels)
      if (String(transform) !== text || typeOf(batch) !== type) return true
      return !same(plainOf(batch), out) || !same(own, mixed) || !torch.rand(3).equal(after)
    })
    tally.addAll(cases.mixes, wrong)
    expect(wrong.map(({ text, kind, x }) => `${text} ${kind} ${x.shape} (seed ${seed})`)).toEqual([])
  })
})
