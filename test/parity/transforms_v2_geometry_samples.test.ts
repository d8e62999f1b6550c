/** torchvision's geometric transforms v2 against ours on whole samples, and its functionals on each type of input. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, describe, expect, test } from 'vitest'
import { Tally } from './tally.js'
import { runTorchvision, whyNoTorchvision } from './torchvision.js'
import { apart, fewPixels, programs } from './transforms_v2_compare.js'

type Tensor = torch.Tensor
type Picture = torch.vision.Image

/** An input or a result in words: its class, its numbers and what it knows. */
interface Written {
  kind: 'tensor' | 'image' | 'video' | 'picture' | 'mask' | 'boxes' | 'points'
  data: Tensor
  mode?: torch.vision.Mode
  format?: torch.vision.tv_tensors.BoundingBoxFormat
  clamping_mode?: torch.vision.tv_tensors.ClampingMode
  canvas_size?: [number, number]
}

interface Case {
  /** Of a functional; else of a transform. */
  functional?: string
  name: string
  args?: unknown[]
  keywords: Record<string, unknown>
  inputs: Written[]
  outs?: unknown[]
  error?: string
  seed: number
  repeat: number
  text: string
  after: Tensor
}

const { Image, tv_tensors } = torch.vision
const { v2, functional: F } = torch.vision.transforms
const folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-v2-samples-'))
const tally = new Tally('torchvision.transforms.v2')
afterAll(() => {
  rmSync(folder, { recursive: true })
  tally.write()
})
if (whyNoTorchvision) console.error(`no torchvision to compare with: ${whyNoTorchvision}`)

const functionals = v2.functional as unknown as Record<string, (...args: unknown[]) => unknown>
const classes = v2 as unknown as Record<string, new (...args: unknown[]) => (sample: unknown) => unknown>
const kinds = [
  ['image', tv_tensors.Image],
  ['video', tv_tensors.Video],
  ['mask', tv_tensors.Mask],
  ['boxes', tv_tensors.BoundingBoxes],
  ['points', tv_tensors.KeyPoints],
] as const

function made({ kind, data, mode, format, clamping_mode, canvas_size }: Written): Tensor | Picture {
  switch (kind) {
    case 'tensor':
      return data
    case 'picture':
      return F.to_pil_image(data, mode)
    case 'boxes':
      return new tv_tensors.BoundingBoxes(data, {
        format: format!,
        canvas_size: canvas_size!,
        clamping_mode: clamping_mode!,
      })
    case 'points':
      return new tv_tensors.KeyPoints(data, { canvas_size: canvas_size! })
    case 'image':
      return new tv_tensors.Image(data)
    case 'video':
      return new tv_tensors.Video(data)
    default:
      return new tv_tensors.Mask(data)
  }
}

function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written)
  if (value instanceof Image) return { kind: 'picture', mode: value.mode, data: F.pil_to_tensor(value) }
  if (!torch.is_tensor(value)) return value
  const kind = kinds.find(([, type]) => value instanceof type)?.[0] ?? 'tensor'
  const { format, clamping_mode, canvas_size } = value as unknown as Record<string, unknown>
  return {
    kind,
    data: value.as_subclass(torch.Tensor),
    ...(format !== undefined && { format, clamping_mode }),
    ...(canvas_size !== undefined && { canvas_size }),
  }
}

/** Results as one list: tensors, and everything else as text. */
function flat(value: unknown): unknown[] {
  if (torch.is_tensor(value)) return [value]
  if (Array.isArray(value)) return value.flatMap(flat)
  if (typeof value !== 'object' || value === null) return [value]
  const { data, ...known } = value as Written
  return [data, JSON.stringify(Object.entries(known).sort())]
}

/** A fill for classes by their names. */
function byType(fills: Record<string, number>): Map<unknown, number> {
  const types = new Map<string, unknown>([['tensor', torch.Tensor], ['picture', Image], ...kinds])
  return new Map(Object.entries(fills).map(([name, fill]) => [types.get(name) ?? name, fill]))
}

function run({ functional, name, args = [], keywords, inputs, seed, repeat }: Case): { outs: unknown; text: string } {
  const sample = inputs.map(made)
  if (functional) return { outs: [functionals[functional]!(sample[0], keywords)].map(written), text: '' }
  const { by_type, ...rest } = keywords
  const fill = by_type ? { fill: byType(by_type as Record<string, number>) } : {}
  torch.manual_seed(seed)
  const transform = new classes[name]!(...args, { ...rest, ...fill })
  return { outs: Array.from({ length: repeat }, () => written(transform(sample))), text: String(transform) }
}

describe.skipIf(whyNoTorchvision)('geometric transforms v2', () => {
  test('give, draw and print what torchvision’s do', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const file = join(folder, 'cases.pt')
    runTorchvision(programs('transforms_v2_inputs.py', 'transforms_v2_geometry_samples.py'), [file, String(seed)])
    const wrong: string[] = []
    const nearly: string[] = []
    const compare = (item: Case): number => {
      const inputs = item.inputs.map(({ kind, data }) => `${kind} ${data.dtype} [${data.shape}]`)
      const given = `${JSON.stringify(item.args ?? [])} ${JSON.stringify(item.keywords)}`
      const what = `${item.functional ?? item.name} ${given} of ${inputs.join('; ')}`
      let mine: { outs: unknown; text: string }
      try {
        mine = run(item)
      } catch (thrown) {
        if (!(thrown instanceof torch.TorchError || thrown instanceof TypeError)) throw thrown
        if (!item.error) wrong.push(`${what}: only here it fails: ${thrown.message}`)
        return 1
      }
      if (item.error) {
        wrong.push(`${what}: only there it fails: ${item.error}`)
        return 1
      }
      const [ours, theirs] = [flat(mine.outs), flat(item.outs)]
      if (ours.length !== theirs.length) wrong.push(`${what}: ${ours.length} results, not ${theirs.length}`)
      const far = theirs.map((out, i) => apart(ours[i], out))
      if (!(Math.max(...far) <= 1e-6)) {
        const turned = /rotat|affine|elastic/i.test(item.functional ?? item.name)
        const close = turned && theirs.every((out, i) => far[i]! <= 1e-6 || fewPixels(ours[i], out))
        const words = theirs.flatMap((out, i) => (far[i] && typeof out === 'string' ? [`${ours[i]} !== ${out}`] : []))
        ;(close ? nearly : wrong).push(`${what}: ${far.filter(x => x > 0)} ${words.join(' ')}`)
      }
      if (item.functional) return 1 + theirs.length
      if (!torch.rand(3).equal(item.after)) wrong.push(`${what}: the generator stands elsewhere`)
      if (item.text !== mine.text) wrong.push(`${what}: ${item.text} !== ${mine.text}`)
      return 1 + theirs.length
    }
    const compared = tally.each(torch.load(file) as Case[], compare, wrong, nearly)
    console.log(`${compared} comparisons of geometric transforms v2 with torchvision, seed ${seed}`)
    expect(wrong, `seed ${seed}`).toEqual([])
    expect(nearly.length, nearly.join('\n')).toBeLessThan(12)
    expect(compared).toBeGreaterThan(4000)
  })
})
