/** torchvision's geometric transforms against ours: what they give, what they draw and how they print, on fresh pictures. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as torch from 'torch-node'
import { afterAll, describe, expect, test } from 'vitest'
import { Tally } from './tally.js'
import { runTorchvision, whyNoTorchvision } from './torchvision.js'

type Tensor = torch.Tensor
type Picture = Tensor | torch.vision.Image

interface Case {
  name: string
  /** Of an image; empty for a tensor. */
  mode: torch.vision.Mode | ''
  image: Tensor
  args: unknown[]
  outs?: Tensor[]
  error?: string
  /** What only classes have. */
  keywords?: Record<string, unknown>
  /** Names and arguments of the transforms that it is made of. */
  inner?: [name: string, args: unknown[]][] | null
  seed?: number
  repeat?: number
  after?: Tensor
  text?: string
}

const { Image, transforms } = torch.vision
const F = transforms.functional
const folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-geometry-'))
const tally = new Tally('torchvision.transforms')
afterAll(() => {
  rmSync(folder, { recursive: true })
  tally.write()
})
if (whyNoTorchvision) console.error(`no torchvision to compare with: ${whyNoTorchvision}`)

const functions = F as unknown as Record<string, (...args: unknown[]) => Picture | Picture[]>
const classes = transforms as unknown as Record<
  string,
  new (
    ...args: unknown[]
  ) => (img: Picture) => Picture | Picture[]
>
const list = (given: Picture | Picture[]): Tensor[] =>
  (Array.isArray(given) ? given : [given]).map(x => (x instanceof Image ? F.pil_to_tensor(x) : x))

/** Runs a case; null where it throws what a caller can answer. */
function run({
  name,
  mode,
  image,
  args,
  keywords,
  inner,
  seed,
  repeat = 1,
}: Case): { outs: Tensor[]; text: string } | null {
  const given: Picture = mode ? F.to_pil_image(image, mode) : image
  try {
    if (!keywords) return { outs: list(functions[name]!(given, ...args)), text: '' }
    const parts = inner ? [inner.map(([part, values]) => new classes[part]!(...values))] : []
    const transform = new classes[name]!(...parts, ...args, keywords)
    torch.manual_seed(seed!)
    const outs = Array.from({ length: repeat }, () => list(transform(given))).flat()
    return { outs, text: String(transform) }
  } catch (error) {
    if (error instanceof torch.TorchError || error instanceof TypeError) return null
    throw error
  }
}

/** How far two results are apart; infinite for another dtype or shape. */
function apart(a: Tensor, b: Tensor): number {
  if (a.dtype !== b.dtype || String(a.shape) !== String(b.shape)) return Number.POSITIVE_INFINITY
  if (a.equal(b)) return 0
  if (!a.is_floating_point()) return Number.POSITIVE_INFINITY
  // A corner where the perspective divides by zero is NaN in both.
  if (!a.isnan().equal(b.isnan())) return Number.POSITIVE_INFINITY
  const [x, y] = [a.nan_to_num(), b.nan_to_num()]
  // Relative to the largest value: a fill may be far above 1.
  const scale = Math.max(1, y.abs().max().item() as number)
  return (x.sub(y).abs().max().item() as number) / scale
}

/**
 * True where only a pixel or two differ: V8's sine and cosine differ from the C library's in the last bit, and where a source
 * lies on a pixel's very edge or middle, that decides.
 */
function fewPixels(a: Tensor, b: Tensor): boolean {
  if (a.dtype !== b.dtype || String(a.shape) !== String(b.shape)) return false
  const pixels = a.ne(b).any(0).sum().item() as number
  return pixels <= Math.max(1, 0.005 * a.size(-1) * a.size(-2))
}

describe.skipIf(whyNoTorchvision)('geometric transforms', () => {
  test('give, draw and print what torchvision’s do', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const file = join(folder, 'cases.pt')
    const program = readFileSync(fileURLToPath(new URL('transforms_geometry.py', import.meta.url)), 'utf8')
    runTorchvision(program, [file, String(seed)])
    const wrong: string[] = []
    const nearly: string[] = []
    const compare = (item: Case): number => {
      const shown = JSON.stringify(item.args.map(arg => (torch.is_tensor(arg) ? `Tensor ${arg.shape}` : arg)))
      const kind = item.mode || `${item.image.dtype}`
      const what = `${item.name} ${kind} ${item.image.shape} ${shown} ${JSON.stringify(item.keywords ?? {})}`
      const mine = run(item)
      if (!mine || !item.outs) {
        if (mine || item.outs) wrong.push(`${what}: ${item.error ?? 'only here it fails'}`)
        return 1
      }
      if (mine.outs.length !== item.outs.length) wrong.push(`${what}: ${mine.outs.length} results`)
      const far = item.outs.map((out, i) => apart(mine.outs[i]!, out))
      if (!(Math.max(...far) <= 1e-6)) {
        const turned = item.mode && /rotat|affine/i.test(item.name)
        const close = turned && item.outs.every((out, i) => fewPixels(mine.outs[i]!, out))
        ;(close ? nearly : wrong).push(`${what}: ${far}`)
      }
      if (item.after && !torch.rand(3).equal(item.after)) wrong.push(`${what}: the generator stands elsewhere`)
      if (item.text && item.text !== mine.text) wrong.push(`${what}: ${item.text} !== ${mine.text}`)
      return item.outs.length + (item.after ? 1 : 0) + (item.text ? 1 : 0)
    }
    const compared = tally.each(torch.load(file) as Case[], compare, wrong, nearly)
    console.log(`${compared} comparisons of geometric transforms with torchvision, seed ${seed}`)
    expect(wrong, `seed ${seed}`).toEqual([])
    // Of some 700 cases of turned images.
    expect(nearly.length, nearly.join('\n')).toBeLessThan(12)
    expect(compared).toBeGreaterThan(5000)
  })
})
