import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { expect, test } from 'vitest'

const { make_grid, save_image } = torch.vision.utils
const { Image } = torch.vision

test('make_grid puts images side by side', () => {
  const grid = make_grid(torch.ones(5, 1, 2, 3), { nrow: 3, padding: 1, pad_value: 0.5 })
  expect(grid.shape).toEqual([3, 2 * 3 + 1, 3 * 4 + 1])
  expect(grid.at(0, 0).unique().tolist()).toEqual([0.5])
  expect(grid.at(0, 1).tolist()).toEqual([0.5, 1, 1, 1, 0.5, 1, 1, 1, 0.5, 1, 1, 1, 0.5])
})

test('make_grid leaves its input and the graph alone', () => {
  const x = torch.ones([2, 3, 2, 2], { requires_grad: true })
  const grid = make_grid(x, { normalize: true, value_range: [0, 2] })
  expect([x.unique().tolist(), grid.requires_grad, grid.max().item()]).toEqual([[1], false, 0.5])
})

test('make_grid takes lists and single images', () => {
  expect(make_grid([torch.zeros(3, 2, 2), torch.zeros(3, 2, 2)]).shape).toEqual([3, 6, 10])
  expect(make_grid(torch.zeros(4, 5)).shape).toEqual([3, 4, 5])
  expect(() => make_grid([1] as never)).toThrow('list containing int')
  expect(() => make_grid(1 as never)).toThrow('got int')
  expect(() => make_grid(torch.zeros(2, 3, 2, 2), { normalize: true, value_range: 1 as never })).toThrow('value_range')
})

test('save_image writes what it is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'torch-node-grid-'))
  try {
    const path = join(folder, 'grid.png')
    await save_image(torch.tensor([0, 0.5, 1, 2]).view(1, 2, 2), path)
    const image = await Image.open(path)
    expect([image.mode, [...image.data]]).toEqual(['RGB', [0, 0, 0, 128, 128, 128, 255, 255, 255, 255, 255, 255]])
    await save_image(torch.zeros(2, 3, 4, 4), join(folder, 'grid'), { format: 'jpeg', padding: 0 })
    expect((await Image.open(join(folder, 'grid'))).size).toEqual([8, 4])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
