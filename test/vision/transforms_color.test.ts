import * as torch from 'torch-node'
import { describe, expect, expectTypeOf, test } from 'vitest'

const { Image, transforms: T } = torch.vision
const F = T.functional
const bytes = (...shape: number[]) => torch.full(shape, 100, { dtype: torch.uint8 })

describe('colours as functions', () => {
  test('keep the kind of picture, its dtype and its shape', () => {
    expectTypeOf(F.adjust_hue(bytes(3, 2, 2), 0.1)).toEqualTypeOf<torch.Tensor>()
    expectTypeOf(F.adjust_hue(Image.new('RGB', [1, 1]), 0.1)).toEqualTypeOf<torch.vision.Image>()
    expect(
      F.adjust_brightness(bytes(4, 3, 2, 2), 2)
        .unique()
        .tolist(),
    ).toEqual([200])
    expect(F.adjust_brightness(bytes(2, 2), 3).unique().tolist()).toEqual([255])
    expect(F.rgb_to_grayscale(bytes(5, 3, 2, 2), 3).shape).toEqual([5, 3, 2, 2])
  })

  test('leave the picture that they are given', () => {
    const image = Image.new('RGB', [3, 3], [10, 20, 30])
    const tensor = F.pil_to_tensor(image)
    for (const change of [F.invert, F.autocontrast, F.equalize, (x: typeof image) => F.adjust_sharpness(x, 3)])
      change(image)
    F.invert(tensor)
    F.adjust_sharpness(tensor, 3)
    expect(image.getpixel([1, 1])).toEqual([10, 20, 30])
    expect(tensor.equal(F.pil_to_tensor(image))).toBe(true)
  })

  test('of integers follow the default dtype between', () => {
    torch.set_default_dtype(torch.float64)
    try {
      expect(F.adjust_saturation(bytes(3, 2, 2), 0.3).dtype).toBe(torch.uint8)
    } finally {
      torch.set_default_dtype(torch.float32)
    }
  })

  test('int64 has its own white', () => {
    const x = torch.zeros([1, 1, 1], { dtype: torch.int64 })
    expect(F.invert(x).item()).toBe(2n ** 63n - 1n)
  })

  test('let gradients through', () => {
    const x = torch.rand([3, 4, 4], { requires_grad: true })
    for (const y of [F.adjust_contrast(x, 0.5), F.adjust_hue(x, 0.2), F.adjust_sharpness(x, 2), F.autocontrast(x)]) {
      x.grad = null
      y.sum().backward()
      expect(x.grad!.isfinite().all().item()).toBe(true)
    }
  })

  test('alpha stays', () => {
    const image = Image.new('RGBA', [1, 1], [10, 20, 30, 40])
    expect(F.adjust_brightness(image, 2).getpixel([0, 0])).toEqual([20, 40, 60, 40])
    expect(F.adjust_contrast(image, 0).getpixel([0, 0])[3]).toBe(40)
  })

  test('refuse what they can’t take', () => {
    const x = bytes(3, 4, 4)
    expect(() => F.adjust_brightness(x, -1)).toThrow('brightness_factor (-1) is not non-negative.')
    expect(() => F.adjust_contrast(x, Number.NaN)).toThrow(TypeError)
    expect(() => F.adjust_saturation(x, '1' as never)).toThrow('saturation_factor should be a number, got str')
    expect(() => F.adjust_hue(x, 0.6)).toThrow('hue_factor (0.6) is not in [-0.5, 0.5].')
    expect(() => F.adjust_gamma(x, -1)).toThrow('Gamma should be a non-negative real number')
    expect(() => F.adjust_hue(bytes(4, 2, 2), 0.1)).toThrow('permitted channel values are [1, 3], but found 4')
    expect(() => F.invert(bytes(2, 2))).toThrow('at least 3 dimensions, but found 2')
    expect(() => F.invert([1] as never)).toThrow('img should be Image or Tensor. Got list of int')
    expect(() => F.posterize(x, 9)).toThrow('between 0 and 8. Got 9')
    expect(() => F.posterize(x.float(), 2)).toThrow('Only torch.uint8 image tensors')
    expect(() => F.posterize(Image.new('L', [1, 1]), 0)).toThrow('between or equal to 1 and 8')
    expect(() => F.solarize(x, 256)).toThrow('Threshold should be less than bound of img.')
    expect(() => F.equalize(bytes(1, 1, 3, 2, 2))).toThrow('3 or 4 dimensions, but found 5')
    expect(() => F.rgb_to_grayscale(x, 2)).toThrow('either 1 or 3')
    expect(() => F.to_grayscale(x as never)).toThrow('Input should be Image. Got Tensor')
    expect(() => F.invert(Image.new('RGBA', [1, 1]))).toThrow('not supported for mode RGBA')
    expect(() => F.adjust_brightness(Image.new('F', [1, 1]), 1)).toThrow('not supported for mode F')
  })
})

describe('ColorJitter', () => {
  test('prints its ranges, null where it changes nothing', () => {
    expect(String(new T.ColorJitter(0.5, [1, 1], { hue: 0.25 }))).toBe(
      'ColorJitter(brightness=(0.5, 1.5), contrast=None, saturation=None, hue=(-0.25, 0.25))',
    )
    expect(new T.ColorJitter(3).brightness).toEqual([0, 4])
  })

  test('get_params draws an order and a factor for each range', () => {
    const [order, brightness, contrast, saturation, hue] = T.ColorJitter.get_params([0.5, 0.6], null, null, [0, 0.1])
    expect((order.tolist() as number[]).map(Number).sort()).toEqual([0, 1, 2, 3])
    expect(brightness).toBeGreaterThanOrEqual(0.5)
    expect(brightness).toBeLessThanOrEqual(Math.fround(0.6))
    expect([contrast, saturation]).toEqual([null, null])
    expect(hue).toBeLessThanOrEqual(Math.fround(0.1))
  })

  test('refuses ranges that are none', () => {
    expect(() => new T.ColorJitter(-1)).toThrow('If brightness is a single number, it must be non negative.')
    expect(() => new T.ColorJitter({ hue: 0.6 })).toThrow(
      'hue values should be between (-0.5, 0.5), but got [-0.6, 0.6].',
    )
    expect(() => new T.ColorJitter({ contrast: [2, 1] })).toThrow(
      'contrast values should be between (0, inf), but got [2.0, 1.0].',
    )
    expect(() => new T.ColorJitter({ saturation: [1] as never })).toThrow(
      'should be a single number or a list/tuple with length 2.',
    )
  })
})

describe('random colours', () => {
  test('happen always at 1, never at 0', () => {
    const image = Image.new('L', [2, 2], 100)
    for (const p of [0, 1]) {
      expect(new T.RandomInvert(p)(image).getpixel([0, 0])).toEqual([p ? 155 : 100])
      expect(new T.RandomPosterize(1, p)(image).getpixel([0, 0])).toEqual([p ? 0 : 100])
      expect(new T.RandomSolarize({ threshold: 50, p })(bytes(1, 1, 1)).item()).toBe(p ? 155 : 100)
      expect(new T.RandomGrayscale({ p })(Image.new('RGB', [1, 1], [255, 0, 0])).getpixel([0, 0])[1]).toBe(p ? 76 : 0)
    }
  })

  test('need what has no default', () => {
    expect(() => new T.RandomPosterize({ p: 1 } as never)).toThrow("missing required argument: 'bits'")
  })
})

describe('automatic augmentation', () => {
  test('keeps mode, dtype and size', () => {
    const image = Image.new('RGB', [9, 7], [10, 20, 30])
    for (const augment of [new T.AutoAugment(), new T.RandAugment(), new T.TrivialAugmentWide(), new T.AugMix()]) {
      expectTypeOf(augment(image)).toEqualTypeOf<torch.vision.Image>()
      expect([augment(image).mode, augment(image).size]).toEqual(['RGB', [9, 7]])
      const y = augment(bytes(2, 3, 8, 9))
      expect([y.dtype, y.shape]).toEqual([torch.uint8, [2, 3, 8, 9]])
    }
  })

  test('AutoAugment has a policy for each data set', () => {
    for (const policy of Object.values(T.AutoAugmentPolicy)) expect(new T.AutoAugment(policy).policies.length).toBe(25)
    expect(String(new T.AutoAugment({ policy: 'svhn', fill: [1, 2, 3] }))).toBe(
      'AutoAugment(policy=AutoAugmentPolicy.SVHN, fill=[1, 2, 3])',
    )
  })

  test('refuses what there is not', () => {
    expect(() => new T.AutoAugment('mnist' as never)).toThrow('The provided policy mnist is not recognized')
    expect(() => new T.AugMix(11)).toThrow('The severity must be between [1, 10]. Got 11 instead.')
    expect(() => new T.RandAugment({ interpolation: 'cubic' as never })).toThrow("unknown interpolation 'cubic'")
    expect(() => new T.RandAugment({ fill: 'red' as never })).toThrow(TypeError)
    const strong = new T.RandAugment({ num_ops: 50, magnitude: 31 })
    expect(() => strong(bytes(3, 4, 4))).toThrow('index 31 is out of bounds for dimension 0 with size 31')
  })
})
