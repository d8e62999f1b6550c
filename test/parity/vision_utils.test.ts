import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTorchvision, whyNoTorchvision } from './torchvision.js'

const U = torch.vision.utils
type Tensors = Record<string, torch.Tensor>
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-vision-utils-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
if (whyNoTorchvision) console.error(`no torchvision to compare with: ${whyNoTorchvision}`)

/** What a Python program leaves in `r`, a list of dicts: inputs, keywords as JSON, and `out`. */
function casesOf(program: string): (Tensors & { keywords: string })[] {
  const path = join(folder, 'answers.pt')
  runTorchvision(
    `import random
import torchvision.utils as U
rng = random.Random(0)
torch.manual_seed(0)
r = []
${program}
torch.save(r, sys.argv[1])`,
    [path],
  )
  return torch.load(path) as (Tensors & { keywords: string })[]
}

const same = (a: torch.Tensor, b: torch.Tensor) =>
  a.dtype === b.dtype && String(a.shape) === String(b.shape) && a.equal(b)

/** Which cases differ from torchvision. */
function different(
  cases: (Tensors & { keywords: string })[],
  mine: (x: Tensors, keywords: Record<string, never>) => torch.Tensor,
): string[] {
  return cases
    .filter(x => !same(mine(x, JSON.parse(x.keywords)), x.out!))
    .map(({ keywords, image, ...x }) => `${keywords} ${image?.dtype} ${x.boxes?.tolist() ?? x.points?.tolist() ?? ''}`)
}

describe.skipIf(whyNoTorchvision)('vision.utils', () => {
  test('boxes cover the very pixels', () => {
    const cases = casesOf(`
colors = [None, 'red', (1, 200, 30), ['#f0a', (9, 8, 7), 'hsl(200, 40%, 60%)'], ['RebeccaPurple', 'rgb(10%, 50%, 99%)', '#123456']]
for k in range(300):
    c = 1 if k % 7 == 0 else 3
    image = torch.randint(0, 256, (c, 40, 50), dtype=torch.uint8)
    if k % 5 == 0:
        image = image / 255
    if k % 3:
        lo = torch.randint(-8, 45, (3, 2)); boxes = torch.cat([lo, lo + torch.randint(0, 30, (3, 2))], 1)
        if k % 4 == 0: boxes = boxes + torch.rand(3, 1)
    else:
        boxes = torch.randint(-5, 50, (3, 8))
    kw = dict(colors=rng.choice(colors), fill=rng.random() < 0.5, width=rng.choice([0, 1, 1, 2, 3, 5]))
    r.append(dict(image=image, boxes=boxes, keywords=json.dumps(kw), out=U.draw_bounding_boxes(image, boxes, **kw)))
`)
    const mine = (x: Tensors, keywords: Record<string, never>) => U.draw_bounding_boxes(x.image!, x.boxes!, keywords)
    const askew = cases.filter(({ boxes }) => boxes!.size(1) === 8)
    expect(
      different(
        cases.filter(x => !askew.includes(x)),
        mine,
      ),
    ).toEqual([])
    // A dash may end in another pixel: V8's sine differs from the C library's in the last bit.
    expect(different(askew, mine).length).toBeLessThan(askew.length / 4)
    for (const x of askew) {
      const off = mine(x, JSON.parse(x.keywords)).ne(x.out!).any(0).sum().item() as number
      expect(off).toBeLessThan(60)
    }
  })

  test('keypoints and the lines between them cover the very pixels', () => {
    const cases = casesOf(`
for k in range(200):
    image = torch.randint(0, 256, (3, 40, 50), dtype=torch.uint8)
    if k % 5 == 0:
        image = image.double() / 255
    points = torch.randint(-5, 52, (2, 4, 2)).float() + torch.rand(2, 4, 2)
    seen = torch.rand(2, 4) > 0.3
    kw = dict(colors=rng.choice([None, 'lime', (255, 0, 9)]), radius=rng.choice([0, 1, 2, 3, 5, 8, 13]), width=rng.choice([0, 1, 2, 3, 4, 7]), connectivity=rng.choice([None, [(0, 1), (1, 2), (3, 0)]]))
    r.append(dict(image=image, points=points, seen=seen, keywords=json.dumps(kw), out=U.draw_keypoints(image, points, visibility=seen, **kw)))
`)
    expect(
      different(cases, (x, keywords) => U.draw_keypoints(x.image!, x.points!, { visibility: x.seen!, ...keywords })),
    ).toEqual([])
  })

  test('masks', () => {
    const cases = casesOf(`
for k in range(60):
    image = torch.randint(0, 256, (3, 9, 11), dtype=torch.uint8)
    if k % 3 == 0:
        image = image.to(rng.choice([torch.float32, torch.float64, torch.float16])) / 255
    masks = torch.rand(rng.choice([(9, 11), (1, 9, 11), (4, 9, 11)])) > 0.5
    kw = dict(alpha=rng.choice([0, 0.3, 0.5, 0.8, 1]), colors=rng.choice([None, 'navy', (3, 2, 1), ['red', 'blue', (0, 9, 0), '#fff', 'tan']]))
    r.append(dict(image=image, masks=masks, keywords=json.dumps(kw), out=U.draw_segmentation_masks(image, masks, **kw)))
`)
    expect(different(cases, (x, keywords) => U.draw_segmentation_masks(x.image!, x.masks!, keywords))).toEqual([])
  })

  test('flow', () => {
    const cases = casesOf(`
for k in range(20):
    flow = torch.randn((2, 30, 20) if k % 2 else (3, 2, 17, 16)) * 10 ** (k - 10)
    r.append(dict(flow=flow, keywords='{}', out=U.flow_to_image(flow)))
`)
    expect(different(cases, x => U.flow_to_image(x.flow!))).toEqual([])
  })
})
