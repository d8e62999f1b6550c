/** TorchScript files that nobody here wrote run with Python's outputs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runPython } from './python.js'
import { pythonPackage } from './python_package.js'
import { runCompiledTorchvision, whyNoCompiledTorchvision } from './torchvision_ops.js'

type Tensor = torch.Tensor

const threads = torch.get_num_threads()
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-models-'))
  torch.set_num_threads(1)
})
afterAll(() => {
  rmSync(folder, { recursive: true })
  torch.set_num_threads(threads)
})

const silero = pythonPackage('silero-vad', ['silero-vad==6.2.*'])
if (silero.whyNot) console.error(`no silero-vad to run: ${silero.whyNot}`)

describe.skipIf(silero.whyNot)('silero-vad', () => {
  const chunks = 20
  type Vad = torch.jit.ScriptModule<(chunk: Tensor, rate: number) => Tensor> & { reset_states(): void }
  let path = ''
  let told: { audio: Tensor; out: Record<string, Tensor> }
  beforeAll(() => {
    path = join(silero.folder, 'silero_vad', 'data', 'silero_vad.jit')
    const out = join(folder, 'vad.pt')
    runPython(
      `import sys, torch
torch.set_num_threads(1)
torch.manual_seed(5)
t = torch.arange(${chunks} * 512) / 16000
audio = (0.3 * torch.sin(2 * torch.pi * 180 * t) * (1 + torch.sin(2 * torch.pi * 4 * t)) + 0.05 * torch.randn(len(t))).view(${chunks}, 512)
out = {}
for rate, length in ((16000, 512), (8000, 256)):
    model = torch.jit.load(sys.argv[1])
    with torch.no_grad():
        out[str(rate) + 'Hz'] = torch.cat([model(chunk[:length], rate) for chunk in audio])
torch.save({'audio': audio, 'out': out}, sys.argv[2])`,
      { args: [path, out] },
    )
    told = torch.load(out) as typeof told
  })

  test('every chunk gives Python’s probability to the last bit', () => {
    for (const [rate, length] of [
      [16000, 512],
      [8000, 256],
    ] as const) {
      const model = torch.jit.load(path) as unknown as Vad
      const mine = torch.no_grad(() =>
        torch.cat(told.audio.unbind().map(chunk => model(chunk.narrow(0, 0, length), rate))),
      )
      expect(mine.shape).toEqual([chunks, 1])
      expect(mine.equal(told.out[`${rate}Hz`]!)).toBe(true)
    }
  })

  test('also on threads of the addon, and again after its state is reset', async () => {
    const model = (await torch.jit.loadAsync(path)) as unknown as Vad
    for (let again = 0; again < 2; again++) {
      const mine: Tensor[] = []
      for (const chunk of told.audio.unbind())
        mine.push(await torch.no_grad(async () => model.forwardAsync(chunk, 16000)))
      expect(torch.cat(mine).equal(told.out['16000Hz']!)).toBe(true)
      model.reset_states()
    }
  })

  test('a chunk of the wrong length is refused in the model’s own words', () => {
    const model = torch.jit.load(path) as unknown as Vad
    expect(() => model(torch.zeros(100), 16000)).toThrow(torch.JITException)
    expect(() => model(torch.zeros(512), 44100)).toThrow(/[Ss]ampling rate|sampling/)
  })
})

describe.skipIf(whyNoCompiledTorchvision)('models of torchvision', () => {
  beforeAll(() => {
    runCompiledTorchvision('jit_models.py', folder)
  })

  test.each(['resnet18', 'mobilenet_v3_small'])('%s', async name => {
    const { x, y } = torch.load(join(folder, `${name}.data`)) as { x: Tensor; y: Tensor }
    const model = torch.jit.load<(x: Tensor) => Tensor>(join(folder, `${name}.pt`))
    expect(model.training).toBe(false)
    expect(torch.no_grad(() => model(x)).equal(y)).toBe(true)
    expect((await torch.no_grad(async () => model.forwardAsync(x))).equal(y)).toBe(true)
  })

  test('a detector, with its boxes from torchvision::nms and its features from torchvision::roi_align', () => {
    interface Found {
      boxes: Tensor
      labels: Tensor
      scores: Tensor
    }
    const { images, found } = torch.load(join(folder, 'detector.data')) as { images: Tensor[]; found: Found[] }
    const detector = torch.jit.load<(images: Tensor[]) => [losses: Record<string, Tensor>, found: Found[]]>(
      join(folder, 'detector.pt'),
    )
    expect(detector.inlined_graph).toMatch(/torchvision::nms/)
    expect(detector.inlined_graph).toMatch(/torchvision::roi_align/)
    const [losses, mine] = torch.no_grad(() => detector(images))
    expect(losses).toEqual({})
    expect(mine).toHaveLength(2)
    for (const [i, { boxes, labels, scores }] of found.entries()) {
      expect(boxes.size(0)).toBeGreaterThan(3)
      expect(mine[i]!.labels.equal(labels)).toBe(true)
      expect(mine[i]!.boxes.allclose(boxes, { rtol: 1e-5, atol: 1e-4 })).toBe(true)
      expect(mine[i]!.scores.allclose(scores, { rtol: 1e-5, atol: 1e-6 })).toBe(true)
    }
    expect(() => detector([torch.zeros(3)])).toThrow(torch.TorchError)
    expect(() => detector([])).toThrow()
  })
})
