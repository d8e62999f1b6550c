import * as torch from 'torch-node'
import * as F from 'torch-node/nn/functional'
import { describe, expect, it } from 'vitest'

const image = torch.tensor([
  [
    [
      [0, 1],
      [2, 3],
    ],
  ],
])

describe('interpolate', () => {
  it('resizes to a size or by a factor', () => {
    expect(F.interpolate(image, 4).at(0, 0, 0).tolist()).toEqual([0, 0, 1, 1])
    expect(F.interpolate(image, { scale_factor: [1, 2] }).shape).toEqual([1, 1, 2, 4])
    expect(
      F.interpolate(image, { size: [2, 3], mode: 'bilinear', align_corners: true })
        .at(0, 0, 0)
        .tolist(),
    ).toEqual([0, 0.5, 1])
    expect(F.interpolate(image, { size: 1, mode: 'area' }).item()).toBe(1.5)
    expect(F.interpolate(image, { size: [1, 1], mode: 'bilinear', antialias: true }).item()).toBeCloseTo(1.5, 6)
    expect(F.interpolate(image.at(0), { size: 4, mode: 'linear' }).shape).toEqual([1, 2, 4])
  })

  it('refuses what Python refuses', () => {
    expect(() => F.interpolate(image)).toThrow('either size or scale_factor should be defined')
    expect(() => F.interpolate(image, 2, 2)).toThrow('only one of size or scale_factor should be defined')
    expect(() => F.interpolate(image, 2, { align_corners: true })).toThrow(
      'align_corners option can only be set with the interpolating modes',
    )
    expect(() => F.interpolate(image, [2])).toThrow('Input and output must have the same number of spatial dimensions')
    expect(() => F.interpolate(image, 2, { mode: 'trilinear' })).toThrow(
      'Got 4D input, but trilinear mode needs 5D input',
    )
    expect(() => F.interpolate(image, 2, { mode: 'nearest', antialias: true })).toThrow('Anti-alias option')
    expect(() => F.interpolate(image, [1.5, 2])).toThrow(TypeError)
  })
})

describe('sampling', () => {
  it('is the identity on the identity’s grid', () => {
    const theta = torch.tensor([
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
    ])
    const grid = F.affine_grid(theta, [1, 1, 2, 2], false)
    expect(grid.shape).toEqual([1, 2, 2, 2])
    expect(F.grid_sample(image, grid, { align_corners: false }).tolist()).toEqual(image.tolist())
  })

  it('refuses what Python refuses', () => {
    const grid = torch.zeros([1, 2, 2, 2])
    // @ts-expect-error: no such mode
    expect(() => F.grid_sample(image, grid, 'linear')).toThrow("but got: 'linear'")
    // @ts-expect-error: and none from the prototype of objects either
    expect(() => F.grid_sample(image, grid, 'toString')).toThrow(torch.ValueError)
    expect(() => F.affine_grid(torch.zeros([1, 3, 3]), [1, 1, 2, 2], false)).toThrow(
      'Expected a batch of 2D affine matrices of shape Nx2x3 for size torch.Size([1, 1, 2, 2]). Got torch.Size([1, 3, 3]).',
    )
    expect(() => F.affine_grid(torch.zeros([1, 2, 3]), [2, 2], false)).toThrow(torch.NotImplementedError)
  })
})

describe('rearrangements', () => {
  it('move pixels, windows and margins', () => {
    const x = torch.arange(4, { dtype: torch.float32 }).view(1, 4, 1, 1)
    expect(F.pixel_shuffle(x, 2).tolist()).toEqual([
      [
        [
          [0, 1],
          [2, 3],
        ],
      ],
    ])
    expect(F.pixel_unshuffle(F.pixel_shuffle(x, 2), 2).tolist()).toEqual(x.tolist())
    const columns = F.unfold(image, 2)
    expect(columns.tolist()).toEqual([[[0], [1], [2], [3]]])
    expect(F.fold(columns, 2, 2).tolist()).toEqual(image.tolist())
    expect(F.pad(torch.tensor([1, 2]), [1, 0], { value: 9 }).tolist()).toEqual([9, 1, 2])
    expect(F.pad(image, [1, 1, 0, 0], 'reflect').at(0, 0, 0).tolist()).toEqual([1, 0, 1, 0])
  })
})
