import * as torch from 'torch-node'
import { describe, expect, expectTypeOf, test } from 'vitest'

const { Image, transforms: T } = torch.vision
const F = T.functional
const rows = (x: torch.Tensor) => x.tolist()
const x = torch.arange(6).view(1, 2, 3)
const image = Image.frombytes('L', [3, 2], Uint8Array.from([0, 1, 2, 3, 4, 5]))

describe('Pad', () => {
  test('adds what the mode says', () => {
    expect(rows(F.pad(x, [1, 0], 9))).toEqual([
      [
        [9, 0, 1, 2, 9],
        [9, 3, 4, 5, 9],
      ],
    ])
    const first = (mode: 'edge' | 'reflect' | 'symmetric') => rows(F.pad(x, [2, 0, 0, 0], 0, mode).select(1, 0))
    expect(first('edge')).toEqual([[0, 0, 0, 1, 2]])
    expect(first('reflect')).toEqual([[2, 1, 0, 1, 2]])
    expect(first('symmetric')).toEqual([[1, 0, 0, 1, 2]])
    expect(F.pad(x, -1 + 2).dtype).toBe(torch.int64)
  })

  test('of images takes a fill for each band, and mirrors as often as it must', () => {
    const red = F.pad(Image.new('RGB', [1, 1]), 1, [255, 0, 7])
    expect([red.size, red.getpixel([0, 0]), red.getpixel([1, 1])]).toEqual([
      [3, 3],
      [255, 0, 7],
      [0, 0, 0],
    ])
    expect([...F.pad(image, [5, 0, 0, 0], 0, 'reflect').data.subarray(0, 8)]).toEqual([1, 0, 1, 2, 1, 0, 1, 2])
    expect(F.pad(image, -1 + 0, 0, 'constant').size).toEqual([1, 0])
  })

  test('refuses what it can’t do', () => {
    expect(() => F.pad(x, [1, 2, 3])).toThrow('not a 3 element tuple')
    expect(() => F.pad(x, 1.5)).toThrow('whole numbers')
    expect(() => F.pad(x, 1, [1, 2])).toThrow('inappropriate fill')
    expect(() => F.pad(x, 1, 0, 'circular' as never)).toThrow('constant, edge, reflect or symmetric')
    expect(() => F.pad(x, 4, 0, 'reflect')).toThrow(torch.TorchError)
    expect(() => F.pad(x, 4, 0, 'symmetric')).toThrow('larger than the image')
    expect(() => F.pad(image, [-3, 0, 0, 0], 0, 'edge')).toThrow('leaves nothing')
    expect(() => F.pad(image, 1, [1, 2])).toThrow('(2 != 1)')
  })
})

describe('crops', () => {
  test('RandomCrop takes a part that there is', () => {
    const wide = torch.arange(60).view(1, 6, 10)
    const crop = new T.RandomCrop([2, 3])
    for (let i = 0; i < 20; i++) {
      const [top, left, h, w] = T.RandomCrop.get_params(wide, crop.size)
      expect([top >= 0 && top <= 4, left >= 0 && left <= 7, h, w]).toEqual([true, true, 2, 3])
    }
    const part = crop(wide)
    const start = part.min().item() as number
    expect(rows(part)).toEqual([[0, 1].map(row => [0, 1, 2].map(column => start + row * 10 + column))])
    expect(() => new T.RandomCrop(7)(wide)).toThrow('Required crop size (7, 7) is larger than input image size (6, 10)')
    expect(new T.RandomCrop(7, { pad_if_needed: true })(wide).shape).toEqual([1, 7, 7])
  })

  test('of what lies outside is zeros, wherever it is', () => {
    for (const [top, left] of [
      [5, 0],
      [-5, 0],
      [0, 7],
      [0, -7],
      [-9, 9],
    ] as const) {
      const outside = F.crop(x, top, left, 2, 3)
      expect([outside.shape, outside.sum().item()]).toEqual([[1, 2, 3], 0])
      expect([...F.crop(image, top, left, 2, 3).data]).toEqual([0, 0, 0, 0, 0, 0])
    }
  })

  test('FiveCrop and TenCrop', () => {
    const five = new T.FiveCrop(1)(x)
    expectTypeOf(five).toEqualTypeOf<[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]>()
    expect(five.map(part => part.item())).toEqual([0, 2, 3, 5, 1])
    expect(new T.TenCrop(1)(image).map(part => part.data[0])).toEqual([0, 2, 3, 5, 1, 2, 0, 5, 3, 1])
    expect(() => F.five_crop(x, [3, 3])).toThrow('bigger than input size (2, 3)')
  })

  test('RandomResizedCrop takes the middle where no part fits', () => {
    const tall = torch.zeros(3, 100, 2)
    expect(T.RandomResizedCrop.get_params(tall, [0.9, 1], [0.75, 4 / 3])).toEqual([48, 0, 3, 2])
    expect(new T.RandomResizedCrop(8)(tall).shape).toEqual([3, 8, 8])
    expect(() => new T.RandomResizedCrop([1, 2, 3])).toThrow('only two dimensions')
    expect(() => new T.RandomResizedCrop(8, { scale: 1 as never })).toThrow('Scale should be a sequence')
  })
})

describe('turning', () => {
  test('by right angles moves pixels', () => {
    expect(rows(F.rotate(x.narrow(2, 0, 2).float(), 90))).toEqual([
      [
        [1, 4],
        [0, 3],
      ],
    ])
    expect([...F.rotate(image, 90, 'nearest', true).data]).toEqual([2, 5, 1, 4, 0, 3])
    expect([...F.rotate(image, 180).data]).toEqual([5, 4, 3, 2, 1, 0])
    expect([...F.rotate(image, -90, 'nearest', true).data]).toEqual([3, 0, 4, 1, 5, 2])
    expect([...F.affine(image, 0, [1, 0], 1, 0, 'nearest', 9).data]).toEqual([9, 0, 1, 9, 3, 4])
    expect(rows(F.affine(x, 0, [1, 0], 1, 0, 'nearest', 9))).toEqual([
      [
        [9, 0, 1],
        [9, 3, 4],
      ],
    ])
  })

  test('has a gradient', () => {
    const leaf = torch.rand(1, 5, 5, { requires_grad: true })
    F.rotate(leaf, 30, 'bilinear').sum().backward()
    expect(leaf.grad!.sum().item()).toBeGreaterThan(1)
  })

  test('refuses what it can’t do', () => {
    expect(() => F.rotate(x, 1, 'bicubic')).toThrow("'bicubic' is unsupported with Tensor input")
    expect(() => F.rotate(x, 1, 'nearest', false, [1])).toThrow('center should be a sequence of length 2')
    expect(() => F.rotate(x.expand(3, 2, 3), 1, 'nearest', false, null, [1, 2])).toThrow('(2 != 3)')
    expect(() => F.affine(x, 0, [0, 0], 0, 0)).toThrow('scale should be positive')
    expect(() => F.affine(x, 0, [0], 1, 0)).toThrow('sequence of length 2')
    expect(() => F.perspective(x, [[0, 0]], [[0, 0]])).toThrow('exactly four corners, got 1')
    expect(() => F.rotate(image, 30, 'bilinear', false, null, 'red' as never)).toThrow('Fill should be')
    expect(() => F.rotate(3 as never, 30)).toThrow('Got int')
    expect(() => new T.RandomRotation(-3)).toThrow('it must be positive')
    expect(() => new T.RandomAffine(0, [0, 2])).toThrow('between 0 and 1')
    expect(() => new T.RandomAffine(0, { scale: [0, 1] })).toThrow('scale values should be positive')
    expect(() => new T.RandomAffine(0, { shear: [1, 2, 3] })).toThrow('of length 2 or 4')
  })
})

describe('blurring, erasing, bending', () => {
  test('GaussianBlur keeps what is flat', () => {
    expect(F.gaussian_blur(torch.ones(3, 4, 4), 3).allclose(torch.ones(3, 4, 4))).toBe(true)
    expect(new T.GaussianBlur(3)(Image.new('RGB', [4, 4], 7)).getpixel([1, 2])).toEqual([7, 7, 7])
    expect(() => F.gaussian_blur(x, 2)).toThrow('odd and positive')
    expect(() => F.gaussian_blur(x, 3, 0)).toThrow('positive values')
    expect(() => new T.GaussianBlur(4)).toThrow('odd and positive')
    expect(() => new T.GaussianBlur(3, [2, 1])).toThrow('(min, max)')
  })

  test('erase writes into a copy, or in place', () => {
    const a = torch.ones(2, 3, 3)
    const b = F.erase(a, 1, 1, 5, 1, torch.zeros(1))
    expect([a.sum().item(), b.sum().item()]).toEqual([18, 14])
    F.erase(a, 0, 0, 3, 3, torch.zeros(1), true)
    expect(a.sum().item()).toBe(0)
    expect(() => F.erase(image as never, 0, 0, 1, 1, torch.zeros(1))).toThrow('should be Tensor Image. Got Image')
  })

  test('RandomErasing erases always or never', () => {
    const a = torch.ones(3, 20, 20)
    expect(new T.RandomErasing(0)(a)).toBe(a)
    const erased = new T.RandomErasing(1, { value: [2, 3, 4] })(a)
    expect(erased.amax([1, 2]).tolist()).toEqual([2, 3, 4])
    expect(() => new T.RandomErasing(1, { value: [1, 2] })(a)).toThrow('a single value or 3')
    expect(() => new T.RandomErasing(2)).toThrow('between 0 and 1')
    expect(() => new T.RandomErasing(1, { value: 'noise' as never })).toThrow("should be 'random'")
  })

  test('an elastic transform by nothing changes nothing', () => {
    const a = torch.rand(3, 6, 5)
    expect(F.elastic_transform(a, torch.zeros(1, 6, 5, 2)).allclose(a, { atol: 1e-6 })).toBe(true)
    expect(() => F.elastic_transform(a, torch.zeros(1, 5, 6, 2))).toThrow('shape should be (1, 6, 5, 2)')
    expect(new T.ElasticTransform()(Image.new('RGB', [40, 40], 3)).size).toEqual([40, 40])
    expect(String(new T.ElasticTransform())).toBe(
      'ElasticTransform(alpha=[50.0, 50.0], sigma=[5.0, 5.0], interpolation=InterpolationMode.BILINEAR, fill=[0.0])',
    )
  })

  test('LinearTransformation', () => {
    const double = new T.LinearTransformation(torch.eye(6).mul(2), torch.ones(6))
    expect(rows(double(torch.ones(1, 2, 3).mul(2)))).toEqual([
      [
        [2, 2, 2],
        [2, 2, 2],
      ],
    ])
    expect(() => double(torch.ones(1, 2, 2))).toThrow('[1 x 2 x 2] != 6')
    expect(() => new T.LinearTransformation(torch.ones(2, 3), torch.ones(2))).toThrow('should be square')
  })
})

describe('transforms of transforms', () => {
  const plus = (n: number) => (img: torch.Tensor) => img.add(n)

  test('RandomApply does all or nothing', () => {
    expect(new T.RandomApply([plus(1), plus(2)], 1)(x).sub(x).unique().tolist()).toEqual([3])
    expect(new T.RandomApply([plus(1)], { p: 0 })(x)).toBe(x)
    expect(String(new T.RandomApply([new T.Pad(1)]))).toBe(
      'RandomApply(\n    p=0.5\n    Pad(padding=1, fill=0, padding_mode=constant)\n)',
    )
  })

  test('RandomChoice does one, RandomOrder all', () => {
    const choice = new T.RandomChoice([plus(1), plus(2), plus(4)], [1, 0, 1])
    const seen = new Set(Array.from({ length: 40 }, () => choice(torch.zeros(1)).item()))
    expect([...seen].sort()).toEqual([1, 4])
    const order = new T.RandomOrder([plus(1), (img: torch.Tensor) => img.mul(2)])
    const results = new Set(Array.from({ length: 40 }, () => order(torch.ones(1)).item()))
    expect([...results].sort()).toEqual([3, 4])
  })

  test('refuse what is none', () => {
    expect(() => new T.RandomOrder(3 as never)).toThrow('should be a sequence')
    expect(() => new T.RandomApply([3 as never])).toThrow('functions, modules or transforms')
    expect(() => new T.RandomChoice([plus(1)], [1, 2])).toThrow('2 != 1')
    expect(() => new T.RandomChoice([])).toThrow('not be empty')
  })
})
