import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'

const { tv_tensors, transforms, Image: Picture } = torch.vision
const { v2 } = transforms
const F = v2.functional
const boxesOf = (data: number[][]) => new tv_tensors.BoundingBoxes(data, { format: 'XYXY', canvas_size: [10, 12] })

describe('tv_tensors', () => {
  test('operators give plain tensors, but for clone, to and detach', () => {
    const boxes = boxesOf([[1, 2, 3, 4]])
    expect(boxes.add(1)).not.toBeInstanceOf(tv_tensors.TVTensor)
    for (const kept of [boxes.clone(), boxes.to(torch.float64), boxes.detach()]) {
      expect(kept).toBeInstanceOf(tv_tensors.BoundingBoxes)
      expect([kept.format, kept.canvas_size, kept.clamping_mode]).toEqual(['XYXY', [10, 12], 'soft'])
    }
  })

  test('set_return_type keeps the class for a block', () => {
    const image = new tv_tensors.Image(torch.rand(3, 4, 4))
    {
      using _ = tv_tensors.set_return_type('TVTensor')
      expect(image.add(2)).toBeInstanceOf(tv_tensors.Image)
      const boxes = boxesOf([[1, 2, 3, 4]]).mul(2) as InstanceType<typeof tv_tensors.BoundingBoxes>
      expect(boxes.canvas_size).toEqual([10, 12])
      expect(image.unbind(0)[0]).toBeInstanceOf(tv_tensors.Image)
      expect(F.invert(image)).toBeInstanceOf(tv_tensors.Image)
      expect(F.is_pure_tensor(torch.ones(2).add(1))).toBe(true)
    }
    expect(image.add(2)).not.toBeInstanceOf(tv_tensors.Image)
    expect(() => tv_tensors.set_return_type('Image' as 'Tensor')).toThrow("must be 'TVTensor' or 'Tensor'")
  })

  test('print what they know', () => {
    expect(String(boxesOf([[1, 2, 3, 4]]))).toBe(
      'BoundingBoxes([[1., 2., 3., 4.]], format=BoundingBoxFormat.XYXY, canvas_size=(10, 12), clamping_mode=soft)',
    )
    expect(String(new tv_tensors.Mask([[1, 0]]))).toBe('Mask([[1., 0.]])')
  })

  test('wrap takes what is not told from like', () => {
    const wrapped = tv_tensors.wrap(torch.ones(1, 4), { like: boxesOf([[0, 0, 1, 1]]), format: 'XYWH' })
    expect([wrapped.format, wrapped.canvas_size]).toEqual(['XYWH', [10, 12]])
    expect(() => tv_tensors.wrap(3 as never, { like: wrapped })).toThrow(TypeError)
  })

  test('say what is wrong with their data', () => {
    expect(() => new tv_tensors.Image([1, 2])).toThrow('Tensor must be 2D or higher, got 1D tensor.')
    expect(() => new tv_tensors.Video(torch.ones(3, 2, 2))).toThrow('4D or higher')
    expect(() => new tv_tensors.BoundingBoxes([1, 2, 3, 4], { format: 'XY' as 'XYXY', canvas_size: [1, 1] })).toThrow(
      'unknown format',
    )
    expect(() => new tv_tensors.BoundingBoxes([1n, 2n, 3n, 4n, 5n], { format: 'XYWHR', canvas_size: [1, 1] })).toThrow(
      'should be floating point',
    )
    expect(() => new tv_tensors.KeyPoints(torch.ones(2, 3), { canvas_size: [1, 1] })).toThrow('shape (..., 2)')
  })
})

describe('transforms.v2', () => {
  const invert = new v2.RandomInvert(1)

  test('take any nesting, and of plain tensors the first only', () => {
    const [a, b] = [torch.zeros(1, 2, 2), torch.zeros(1, 2, 2)]
    const sample = { pair: [a, 'text'], more: new Map([['b', b]]), none: null }
    const result = invert(sample)
    expect((result.pair[0] as torch.Tensor).equal(torch.ones(1, 2, 2))).toBe(true)
    expect(result.more.get('b')).toBe(b)
    expect([result.pair[1], result.none]).toEqual(['text', null])
  })

  test('leave plain tensors where there is an image', () => {
    const label = torch.zeros(1, 2, 2)
    const [image, same] = invert(new tv_tensors.Image(torch.zeros(1, 2, 2)), label)
    expect(image).toBeInstanceOf(tv_tensors.Image)
    expect(same).toBe(label)
  })

  test('convert pictures to tensors', () => {
    const pipeline = new v2.Compose([new v2.ToImage(), new v2.ToDtype(torch.float32, { scale: true })])
    const image = pipeline(Picture.new('RGB', [3, 2], [255, 0, 51])) as unknown as torch.Tensor
    expect(image).toBeInstanceOf(tv_tensors.Image)
    expect((image.at(2, 0, 0).item() as number) - 0.2).toBeCloseTo(0)
    const dtypes = new Map<unknown, torch.dtype | null>([
      [tv_tensors.Mask, torch.int64],
      ['others', null],
    ])
    const mask = new v2.ToDtype(dtypes)(new tv_tensors.Mask(torch.ones(2, 2)))
    expect(mask.dtype).toBe(torch.int64)
  })

  test('sort out boxes with their labels', () => {
    const sample = {
      image: torch.rand(3, 10, 12),
      boxes: boxesOf([
        [1, 1, 5, 5],
        [3, 3, 3, 4],
      ]),
      labels: torch.tensor([1, 2]),
    }
    const { boxes, labels } = new v2.SanitizeBoundingBoxes()(sample)
    expect([boxes.size(0), labels.tolist()]).toEqual([1, [1]])
    expect(() => new v2.SanitizeBoundingBoxes()({ boxes })).toThrow('Could not infer where the labels are')
    expect(() => new v2.SanitizeBoundingBoxes({ labels_getter: null })(torch.ones(2))).toThrow('No bounding boxes')
  })

  test('dispatch by class, kernels of one’s own included', () => {
    class Flow extends tv_tensors.TVTensor {}
    const flow = new Flow([1, 2])
    expect(() => F.invert(flow)).toThrow('but got Flow')
    F.register_kernel(F.invert, Flow)((x: Flow) => tv_tensors.wrap(x.neg(), { like: x }))
    expect(F.invert(flow).tolist()).toEqual([-1, -2])
    expect(() => F.register_kernel(F.invert, tv_tensors.Image)).toThrow('builtin')
    expect(F.adjust_brightness(torch.ones(1, 1, 1), { brightness_factor: 0.5 }).item()).toBe(0.5)
    expect(() => F.adjust_brightness('x' as never, 1)).toThrow('but got str')
  })

  test('JPEG loses little of what is smooth', () => {
    const smooth = torch.arange(0, 256, 4).to(torch.uint8).repeat(1, 3, 16, 1)
    const kept = new v2.JPEG(95)(smooth)
    expect(kept.shape).toEqual(smooth.shape)
    expect(kept.int().sub(smooth.int()).abs().max().item()).toBeLessThanOrEqual(3n)
    expect(() => new v2.JPEG(0)).toThrow('from 1 to 100')
    expect(() => F.jpeg(torch.rand(3, 4, 4), 50)).toThrow('uint8')
  })

  test('say what is wrong with what they are given', () => {
    expect(() => new v2.RandomInvert(2)).toThrow('interval [0.0, 1.0]')
    expect(() => new v2.Compose([])).toThrow('at least one')
    expect(() => new v2.Normalize([0], [1])(Picture.new('L', [1, 1]))).toThrow('does not support PIL images')
    expect(() => new v2.MixUp({ num_classes: 2 })(torch.rand(2, 1, 2, 2), torch.rand(2))).toThrow(torch.TorchError)
    expect(() => new v2.AutoAugment()(boxesOf([[0, 0, 1, 1]]))).toThrow('not supported by AutoAugment()')
  })
})
