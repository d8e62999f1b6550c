/** torchvision's compiled operators against ours: outputs and gradients over fresh cases. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, describe, expect, test } from 'vitest'
import { native } from '#lib/_C/native.js'
import { runCompiledTorchvision, whyNoCompiledTorchvision } from './torchvision_ops.js'

type Tensor = torch.Tensor

interface Case {
  name: string
  args: unknown[]
  differentiable: number[]
  outs: Tensor[]
  weight?: Tensor
  grads?: Tensor[]
}

const folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-vision-ops-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(whyNoCompiledTorchvision)('torchvision’s operators', () => {
  test('outputs and gradients are torchvision’s', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const file = join(folder, 'cases.pt')
    runCompiledTorchvision('vision_ops.py', file, `${seed}`)
    native.registerVisionOps()
    const cases = torch.load(file) as Case[]
    const counts = new Map<string, number>()
    for (const { name, args: given, differentiable, outs, weight, grads } of cases) {
      const what = `${name} ${given.filter(arg => !torch.is_tensor(arg)).join()} (seed ${seed})`
      const args = given.map((arg, i) => (differentiable.includes(i) ? (arg as Tensor).clone().requires_grad_() : arg))
      const result = torch.ops.torchvision![name]!(...(args as never[])) as Tensor | Tensor[]
      const mine = torch.is_tensor(result) ? [result] : result
      expect(mine.length, what).toBe(outs.length)
      for (const [i, out] of outs.entries()) {
        expect([mine[i]!.dtype, String(mine[i]!.shape)], what).toEqual([out.dtype, String(out.shape)])
        const close = mine[i]!.allclose(out, { rtol: 1e-5, atol: 1e-5, equal_nan: true })
        expect(close, `${what}: result ${i}`).toBe(true)
      }
      if (grads) {
        const leaves = differentiable.map(i => args[i] as Tensor)
        const found = torch.autograd.grad([mine[0]!], leaves, [weight!])
        for (const [i, grad] of grads.entries())
          expect(found[i]!.allclose(grad, { rtol: 1e-4, atol: 1e-4, equal_nan: true }), `${what}: gradient ${i}`).toBe(
            true,
          )
      }
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    expect(Object.fromEntries(counts)).toEqual({
      roi_align: 146,
      roi_pool: 20,
      ps_roi_align: 36,
      ps_roi_pool: 18,
      nms: 22,
      box_iou_rotated: 20,
      deform_conv2d: 36,
    })
  })
})
