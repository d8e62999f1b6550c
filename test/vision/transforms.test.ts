import { inspect } from 'node:util'
import * as torch from 'torch-node'
import { describe, expect, expectTypeOf, test } from 'vitest'

const { Image, transforms } = torch.vision
const T = transforms
const F = transforms.functional
const red = Image.new('RGB', [4, 2], [255, 0, 51])

describe('Images and tensors', () => {
  test('ToTensor gives channels first, 0 to 1', () => {
    const x = new T.ToTensor()(red)
    expect(x.shape).toEqual([3, 2, 4])
    expect(x.dtype).toBe(torch.float32)
    expect(x.select(1, 0).select(1, 0).tolist()).toEqual([1, 0, Math.fround(0.2)])
    expect(x.is_contiguous()).toBe(true)
  })

  test('ToTensor follows the default dtype, and keeps wide pixels', () => {
    torch.set_default_dtype(torch.float64)
    try {
      expect(F.to_tensor(red).dtype).toBe(torch.float64)
    } finally {
      torch.set_default_dtype(torch.float32)
    }
    expect(F.to_tensor(Image.new('I;16', [1, 1], 300)).dtype).toBe(torch.int16)
    expect(F.pil_to_tensor(Image.new('I;16', [1, 1], 300)).dtype).toBe(torch.uint16)
    expect(F.to_tensor(Image.new('F', [1, 1], 0.5)).item()).toBe(0.5)
  })

  test('ToTensor copies', () => {
    const image = Image.new('F', [1, 1], 0.5)
    const x = F.to_tensor(image)
    image.putpixel([0, 0], 1)
    expect(x.item()).toBe(0.5)
  })

  test('ToPILImage is the inverse', () => {
    const back = new T.ToPILImage()(F.to_tensor(red))
    expect([back.mode, [...back.data]]).toEqual(['RGB', [...red.data]])
    expect(F.to_pil_image(torch.zeros(2, 3)).mode).toBe('L')
    expect(F.to_pil_image(torch.zeros(1, 2, 3), 'F').mode).toBe('F')
    expect(F.to_pil_image(torch.zeros([2, 3], { dtype: torch.int16 })).mode).toBe('I;16')
    expect(F.to_pil_image(torch.zeros(4, 2, 3)).size).toEqual([3, 2])
  })

  test('refuse what is none', () => {
    expect(() => F.to_tensor(torch.zeros(3, 2, 2) as never)).toThrow('pic should be Image. Got Tensor')
    expect(() => F.to_pil_image(torch.zeros(5, 2, 2))).toThrow('1 to 4 channels')
    expect(() => F.to_pil_image(torch.zeros(2))).toThrow('2/3 dimensional')
    expect(() => F.to_pil_image(torch.zeros(3, 2, 2), 'L')).toThrow('Incorrect mode (L)')
    expect(() => F.to_pil_image(torch.zeros([2, 2], { dtype: torch.int64 }))).toThrow('int64')
  })
})

describe('Normalize', () => {
  test('subtracts the mean and divides by the deviation', () => {
    const x = torch.ones(3, 1, 1)
    const y = new T.Normalize([0, 0.5, 1], [1, 0.5, 2])(x)
    expect(y.view(-1).tolist()).toEqual([1, 1, 0])
    expect(x.view(-1).tolist()).toEqual([1, 1, 1])
    new T.Normalize([1, 1, 1], [1, 1, 1], { inplace: true })(x)
    expect(x.view(-1).tolist()).toEqual([0, 0, 0])
  })

  test('refuses what would go wrong', () => {
    expect(() => F.normalize(torch.zeros([3, 1, 1], { dtype: torch.uint8 }), [0], [1])).toThrow(
      'should be a float tensor',
    )
    expect(() => F.normalize(torch.zeros(3, 1), [0], [1])).toThrow('(..., C, H, W)')
    expect(() => F.normalize(torch.zeros(1, 1, 1), [0], [0])).toThrow('std evaluated to zero')
    expect(() => new T.Normalize([0] as never)).toThrow("missing required argument: 'std'")
  })
})

describe('Compose', () => {
  test('runs one after the other, and knows its types', () => {
    const pipeline = new T.Compose([new T.ToTensor(), new T.Normalize([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])])
    const x = pipeline(red)
    expectTypeOf(x).toEqualTypeOf<torch.Tensor>()
    expect(x.select(1, 0).select(1, 0).tolist()).toEqual([1, -1, Math.fround(-0.6)])
  })

  test('waits for asynchronous steps', async () => {
    const pipeline = new T.Compose([async (x: number) => x + 1, (x: number) => x * 2])
    expect(await pipeline(1)).toBe(4)
  })

  test('refuses what is no transform', () => {
    expect(() => new T.Compose([3 as never])).toThrow('array of transforms')
    expect(() => new T.Lambda(3 as never)).toThrow('callable')
  })
})

describe('random flips', () => {
  test('flip always, never, or half the time', () => {
    const x = torch.arange(3).view(1, 1, 3)
    expect(new T.RandomHorizontalFlip(1)(x).view(-1).tolist()).toEqual([2, 1, 0])
    expect(new T.RandomHorizontalFlip({ p: 0 })(x)).toBe(x)
    expect(new T.RandomVerticalFlip(1)(Image.frombytes('L', [1, 2], new Uint8Array([1, 2]))).tobytes()[0]).toBe(2)
    torch.manual_seed(0)
    const flip = new T.RandomHorizontalFlip()
    const flipped = Array.from({ length: 100 }, () => flip(x) !== x).filter(Boolean).length
    expect(flipped).toBeGreaterThan(30)
    expect(flipped).toBeLessThan(70)
  })
})

describe('sizes', () => {
  test('Resize keeps the shape of one number, and obeys two', () => {
    expect(new T.Resize(4)(Image.new('RGB', [20, 10])).size).toEqual([8, 4])
    expect(new T.Resize(4, { max_size: 6 })(torch.zeros(3, 10, 20)).shape).toEqual([3, 3, 6])
    expect(new T.Resize([5, 7])(torch.zeros([10, 20], { dtype: torch.uint8 })).shape).toEqual([5, 7])
    const same = torch.zeros(1, 5, 7)
    expect(new T.Resize([5, 7])(same)).toBe(same)
    for (const mode of ['nearest', 'nearest-exact', 'bicubic'] as const)
      expect(new T.Resize(3, mode)(torch.zeros(2, 3, 6, 6)).shape).toEqual([2, 3, 3, 3])
    expect(() => new T.Resize([1, 2, 3])).toThrow('1 or 2 values')
    expect(() => new T.Resize('4' as never)).toThrow('int or sequence')
    expect(() => new T.Resize(4, 'cubic' as never)).toThrow("unknown interpolation 'cubic'")
    expect(() => new T.Resize(4, { max_size: 4 })(torch.zeros(1, 5, 5))).toThrow('strictly greater')
  })

  test('CenterCrop cuts or pads', () => {
    const x = torch.arange(25).view(1, 5, 5)
    expect(new T.CenterCrop(1)(x).item()).toBe(12)
    const padded = new T.CenterCrop([1, 8])(x)
    expect(padded.tolist()).toEqual([[[0, 10, 11, 12, 13, 14, 0, 0]]])
    expect(new T.CenterCrop([3])(Image.new('L', [2, 9])).size).toEqual([3, 3])
  })
})

test('convert_image_dtype scales', () => {
  const byte = torch.tensor([0, 128, 255], { dtype: torch.uint8 }).view(1, 1, 3)
  expect(F.convert_image_dtype(byte).view(-1).tolist()).toEqual([0, Math.fround(128 / 255), 1])
  expect(F.convert_image_dtype(torch.ones(1, 1, 1), torch.uint8).item()).toBe(255)
  expect(F.convert_image_dtype(byte, torch.int16).view(-1).tolist()).toEqual([0, 16384, 32640])
  expect(() => F.convert_image_dtype(torch.ones(1, 1, 1), torch.int32)).toThrow('cannot be performed safely')
  expect(new T.ConvertImageDtype(torch.float32)(byte).dtype).toBe(torch.float32)
})

test('printed forms are torchvision’s', () => {
  const pipeline = new T.Compose([
    new T.Resize(256),
    new T.CenterCrop(224),
    new T.RandomHorizontalFlip(),
    new T.ToTensor(),
    new T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    new T.Lambda((x: torch.Tensor) => x),
  ])
  expect(inspect(pipeline)).toBe(`Compose(
    Resize(size=256, interpolation=bilinear, max_size=None, antialias=True)
    CenterCrop(size=(224, 224))
    RandomHorizontalFlip(p=0.5)
    ToTensor()
    Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
    Lambda()
)`)
  expect(String(new T.ToPILImage('L'))).toBe('ToPILImage(mode=L)')
  expect(String(new T.PILToTensor())).toBe('PILToTensor()')
})
