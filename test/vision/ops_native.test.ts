/** torchvision's operators with input that nobody should give: a clear error or a harmless result, never a crash. */
import * as torch from 'torch-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { native } from '#lib/_C/native.js'

type Op = (...args: unknown[]) => torch.Tensor
let tv: Record<'nms' | 'roi_align' | 'roi_pool' | 'ps_roi_align' | 'ps_roi_pool' | 'deform_conv2d', Op>
beforeAll(() => {
  native.registerVisionOps()
  tv = torch.ops.torchvision as unknown as typeof tv
})

const x = torch.randn(2, 4, 6, 6)
const rois = torch.tensor([[0, 1, 1, 4, 4]])
const pools = ['roi_align', 'roi_pool', 'ps_roi_align', 'ps_roi_pool'] as const

/** A call of an operator over regions; `roi_align`s take a sampling ratio more. */
function pool(
  name: (typeof pools)[number],
  input: unknown,
  regions: unknown,
  size: [unknown, unknown] = [2, 2],
  ratio = 2,
) {
  const rest = name === 'roi_align' ? [ratio, false] : name === 'ps_roi_align' ? [ratio] : []
  return tv[name](input, regions, 1, ...size, ...rest)
}
const first = (result: unknown): torch.Tensor => (Array.isArray(result) ? result[0] : result) as torch.Tensor

describe('operators over regions', () => {
  test.each(pools)('%s refuses wrong shapes, dtypes and images', name => {
    const wrong: [input: unknown, regions: unknown, message: RegExp][] = [
      [x[Symbol.iterator]().next().value, rois, /4d/],
      [x, torch.zeros(2, 4), /\[K, 5\]/],
      [x, torch.zeros(5), /\[K, 5\]/],
      [x, rois.double(), /same type/],
      [x.half(), rois.half(), /not implemented for 'Half'/],
      [x.to(torch.int64), rois.to(torch.int64), /not implemented for 'Long'/],
      [x, torch.tensor([[2, 0, 0, 1, 1]]), /not in the batch of 2/],
      [x, torch.tensor([[-1, 0, 0, 1, 1]]), /not in the batch/],
      [x, torch.tensor([[Number.NaN, 0, 0, 1, 1]]), /not in the batch/],
      [x, torch.tensor([[1e30, 0, 0, 1, 1]]), /not in the batch/],
      [torch.zeros(0, 4, 6, 6), rois, /not in the batch of 0/],
    ]
    for (const [input, regions, message] of wrong) expect(() => pool(name, input, regions)).toThrow(message)
    expect(() => pool(name, x, 'rois')).toThrow(TypeError)
    expect(() => pool(name, x, null)).toThrow(TypeError)
  })

  test.each(pools)('%s refuses impossible output sizes', name => {
    for (const size of [
      [0, 2],
      [2, -1],
      [2 ** 40, 2],
      [2 ** 32, 2 ** 32],
      [2 ** 31 - 1, 2 ** 31 - 1],
    ] as [number, number][])
      expect(() => pool(name, x, rois, size), `${size}`).toThrow()
    expect(() => pool(name, x, rois, ['2', 2])).toThrow(TypeError)
  })

  test.each(pools)('%s takes no regions, no pixels and no channels', name => {
    expect(first(pool(name, x, torch.zeros(0, 5))).shape[0]).toBe(0)
    expect(
      first(pool(name, torch.zeros(2, 4, 0, 6), rois))
        .nan_to_num()
        .abs()
        .sum()
        .item(),
    ).toBe(0)
    expect(
      first(pool(name, torch.zeros(2, 4, 6, 0), rois))
        .nan_to_num()
        .abs()
        .sum()
        .item(),
    ).toBe(0)
    expect(first(pool(name, torch.zeros(2, 0, 6, 6), rois)).shape).toEqual([1, 0, 2, 2])
  })

  test.each(pools)('%s of NaN and of huge regions ends', name => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number
    for (const [a, b] of [
      [nan, nan],
      [0, nan],
      [-inf, inf],
      [0, inf],
      [0, 1e8],
      [-1e30, 1e30],
      [4, 1],
    ] as [number, number][])
      for (const ratio of [2, 0, -1]) {
        const regions = torch.tensor([[0, a, a, b, b]])
        try {
          expect(first(pool(name, x, regions, [2, 2], ratio)).shape.slice(2)).toEqual([2, 2])
        } catch (error) {
          expect(error).toBeInstanceOf(torch.TorchError)
          expect((error as Error).message).toMatch(/larger than can be sampled|impossible coordinates/)
        }
      }
  })

  test('a sampling ratio that asks for too much is refused', () => {
    for (const ratio of [2 ** 20, 2 ** 40, Number.MAX_SAFE_INTEGER])
      for (const name of ['roi_align', 'ps_roi_align'] as const)
        expect(() => pool(name, x, rois, [2, 2], ratio)).toThrow(/smaller sampling_ratio/)
  })

  test('tensors of another kind are refused, and lazily negated ones are read right', () => {
    for (const name of pools) {
      expect(() => pool(name, x.to('meta'), rois.to('meta'))).toThrow()
      expect(() => pool(name, x, rois.to('meta'))).toThrow()
      expect(() => pool(name, x.to_sparse(), rois)).toThrow()
      const lazy = torch.complex(torch.zeros_like(x), x.neg()).conj().imag
      expect(lazy.is_neg()).toBe(true)
      for (const given of [lazy, lazy.detach().requires_grad_()])
        expect(first(pool(name, given, rois)).equal(first(pool(name, x, rois))), name).toBe(true)
    }
  })

  test('channels must divide into the bins of the position-sensitive ones', () => {
    for (const name of ['ps_roi_align', 'ps_roi_pool'] as const)
      expect(() => pool(name, torch.zeros(1, 3, 6, 6), rois)).toThrow(/multiple of pooling/)
  })

  test('gradients have no gradients', () => {
    const leaf = x.clone().requires_grad_()
    for (const name of pools) {
      const out = first(pool(name, leaf, rois)).sum()
      expect(() => torch.autograd.grad(out, [leaf], null, null, true)).toThrow(/double backwards on/)
    }
  })
})

describe('nms', () => {
  test('refuses wrong shapes and dtypes', () => {
    const boxes = torch.zeros(3, 4)
    const wrong: [unknown[], RegExp][] = [
      [[torch.zeros(3), torch.zeros(3), 0.5], /2d/],
      [[torch.zeros(3, 5), torch.zeros(3), 0.5], /4 elements/],
      [[boxes, torch.zeros(3, 1), 0.5], /1d/],
      [[boxes, torch.zeros(2), 0.5], /same number/],
      [[boxes, torch.zeros(3).double(), 0.5], /same type/],
      [[boxes.half(), torch.zeros(3).half(), 0.5], /not implemented for 'Half'/],
      [[boxes.to(torch.int64), torch.zeros(3).to(torch.int64), 0.5], /not implemented for 'Long'/],
    ]
    for (const [args, message] of wrong) expect(() => tv.nms(...args)).toThrow(message)
    expect(() => tv.nms(boxes, torch.zeros(3))).toThrow(TypeError)
    expect(() => tv.nms(boxes, torch.zeros(3), 'half')).toThrow(TypeError)
    expect(() => tv.nms(boxes.to('meta'), torch.zeros(3).to('meta'), 0.5)).toThrow()
  })

  test('keeps what it must of NaN, infinity and nothing', () => {
    expect(tv.nms(torch.zeros(0, 4), torch.zeros(0), 0.5).tolist()).toEqual([])
    const scores = torch.tensor([Number.NaN, 1, Number.NaN])
    expect(tv.nms(torch.full([3, 4], Number.NaN), scores, 0.5).numel()).toBe(3)
    expect(tv.nms(torch.full([3, 4], Number.POSITIVE_INFINITY), torch.zeros(3), Number.NaN).numel()).toBe(3)
  })
})

describe('deform_conv2d', () => {
  const weight = torch.randn(3, 4, 3, 3)
  const offset = torch.zeros(2, 18, 4, 4)
  const mask = torch.ones(2, 9, 4, 4)
  const bias = torch.zeros(3)
  const numbers = [1, 1, 0, 0, 1, 1, 1, 1]
  type Changes = Partial<Record<'x' | 'weight' | 'offset' | 'mask' | 'bias', unknown>> & { at?: [number, unknown] }
  const run = (c: Changes = {}, useMask: unknown = true) => {
    const n: unknown[] = [...numbers]
    if (c.at) n[c.at[0]] = c.at[1]
    return tv.deform_conv2d(
      c.x ?? x,
      c.weight ?? weight,
      c.offset ?? offset,
      c.mask ?? mask,
      c.bias ?? bias,
      ...n,
      useMask,
    )
  }

  test('without offsets it is a convolution', () => {
    expect(run().allclose(torch.nn.functional.conv2d(x, weight, bias), { atol: 1e-5 })).toBe(true)
  })

  test('refuses what does not fit together', () => {
    const wrong: [Changes, RegExp][] = [
      [{ x: torch.zeros(4, 6, 6) }, /4d/],
      [{ weight: torch.zeros(3, 4, 3) }, /4d/],
      [{ weight: torch.zeros(3, 4, 0, 3) }, /weight_h/],
      [{ weight: torch.zeros(3, 2, 3, 3) }, /input channels/],
      [{ offset: torch.zeros(2, 18, 5, 4) }, /offset must have shape/],
      [{ offset: torch.zeros(2, 9, 4, 4) }, /offset must have shape/],
      [{ mask: torch.zeros(2, 8, 4, 4) }, /mask must have shape/],
      [{ mask: torch.zeros(2, 0) }, /4d/],
      [{ bias: torch.zeros(4) }, /bias must have/],
      [{ x: x.double() }, /same type/],
      [{ at: [0, 0] }, /stride_h/],
      [{ at: [2, -1] }, /pad_h/],
      [{ at: [4, 0] }, /dil_h/],
      [{ at: [6, 0] }, /groups/],
      [{ at: [6, 2] }, /input channels/],
      [{ at: [7, 3] }, /offset groups/],
      [{ at: [7, 0] }, /groups/],
      [{ at: [4, 100] }, /too small/],
      [{ at: [2, 2 ** 52] }, /./],
      [{ at: [4, 2 ** 52] }, /./],
      [{ at: [0, 1.5] }, /./],
    ]
    for (const [change, message] of wrong) expect(() => run(change), JSON.stringify(change.at)).toThrow(message)
    expect(() => run({ x: x.to('meta') })).toThrow()
  })

  test('NaN and far offsets read nothing', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e30, -1e30])
      expect(
        run({ offset: torch.full([2, 18, 4, 4], value) })
          .abs()
          .sum()
          .item(),
      ).toBe(0)
    expect(
      run({ x: torch.zeros(0, 4, 6, 6), offset: torch.zeros(0, 18, 4, 4), mask: torch.zeros(0, 9, 4, 4) }).shape,
    ).toEqual([0, 3, 4, 4])
  })
})
