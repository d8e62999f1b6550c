import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'

const { Image, tv_tensors } = torch.vision
const { v2 } = torch.vision.transforms
const F = v2.functional
const canvas_size = [4, 6] as const
const boxes = (rows: number[][], format: torch.vision.tv_tensors.BoundingBoxFormat = 'XYXY') =>
  new tv_tensors.BoundingBoxes(rows, { format, canvas_size, dtype: torch.float32 })

describe('geometric functionals of transforms.v2', () => {
  test('keep the class, and tell boxes and points their new canvas', () => {
    const image = new tv_tensors.Image(torch.arange(24).view(1, 4, 6))
    expect(F.hflip(image)).toBeInstanceOf(tv_tensors.Image)
    expect(F.hflip(image).at(0, 0).tolist()).toEqual([5, 4, 3, 2, 1, 0])
    const resized = F.resize(boxes([[1, 1, 3, 2]]), [8, 12])
    expect(resized).toBeInstanceOf(tv_tensors.BoundingBoxes)
    expect([resized.tolist(), resized.canvas_size, resized.format]).toEqual([[[2, 2, 6, 4]], [8, 12], 'XYXY'])
    const points = F.pad(new tv_tensors.KeyPoints([[1, 2]], { canvas_size }), { padding: [1, 2, 3, 4] })
    expect([points.tolist(), points.canvas_size]).toEqual([[[2, 4]], [10, 10]])
  })

  test('cut boxes to the canvas, and turn them with it', () => {
    expect(F.crop(boxes([[1, 1, 6, 4]]), 2, 2, 2, 3).tolist()).toEqual([[0, 0, 3, 2]])
    const turned = F.rotate(boxes([[0, 0, 2, 1]]), 90, { expand: true })
    expect(turned.canvas_size).toEqual([6, 4])
    expect(turned.allclose(torch.tensor([[0, 4, 1, 6]], { dtype: torch.float32 }), { atol: 1e-4 })).toBe(true)
  })

  test('refuse what they cannot do', () => {
    const points = new tv_tensors.KeyPoints([[1, 2]], { canvas_size })
    expect(() => F.pad(points, 1, 0, 'edge')).toThrow(torch.ValueError)
    expect(() => F.resize(torch.rand(3, 4, 6), null)).toThrow(torch.ValueError)
    expect(() => F.affine(torch.rand(3, 4, 6), 0, [0, 0], 0, [0, 0])).toThrow('scale should be positive')
    expect(() => F.elastic(torch.rand(3, 4, 6), torch.zeros(1, 6, 4, 2))).toThrow('displacement shape')
    expect(() => F.five_crop(boxes([[0, 0, 1, 1]]), 2)).toThrow(TypeError)
    expect(() => new v2.FiveCrop(2)(boxes([[0, 0, 1, 1]]))).toThrow('not supported by FiveCrop')
    expect(() => new v2.RandomIoUCrop()(torch.rand(3, 4, 6))).toThrow(TypeError)
    expect(() => new v2.RandomCrop(9)(torch.rand(3, 4, 6))).toThrow('larger than input image size (4, 6)')
  })
})

describe('geometric transforms of transforms.v2', () => {
  test('do the same to everything in a sample', () => {
    torch.manual_seed(3)
    const image = torch.rand(3, 4, 6)
    const sample = { image, mask: new tv_tensors.Mask(image.at(0)), boxes: boxes([[1, 0, 2, 4]]) }
    const out = new v2.RandomHorizontalFlip(1)(sample)
    expect(out.image.equal(image.flip(-1))).toBe(true)
    expect(out.mask.equal(image.at(0).flip(-1))).toBe(true)
    expect(out.boxes.tolist()).toEqual([[4, 0, 5, 4]])
  })

  test('fill by class', () => {
    const fill = new Map<unknown, number>([
      [tv_tensors.Mask, 1],
      ['others', 9],
    ])
    const [image, mask] = new v2.Pad(1, fill)(torch.zeros(1, 1, 1), new tv_tensors.Mask(torch.zeros(1, 1)))
    expect([image.at(0, 0, 0).item(), mask.at(0, 0).item()]).toEqual([9, 1])
  })

  test('print as torchvision’s', () => {
    expect(String(new v2.Resize(3))).toBe('Resize(size=[3], interpolation=bilinear, antialias=True)')
    expect(String(new v2.RandomZoomOut())).toBe('RandomZoomOut(p=0.5, fill=0, side_range=(1.0, 4.0))')
  })
})

test('a picture one pixel wide scales as a wider one', () => {
  const column = Image.new('L', [1, 4])
  column.data.set([0, 80, 160, 240])
  const wide = column.resize([3, 4], 'nearest').resize([3, 2], 'bilinear')
  const narrow = column.resize([1, 2], 'bilinear')
  expect([...narrow.data]).toEqual([wide.data[0], wide.data[3]])
})
