import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { Image } = torch.vision
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-image-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A picture whose pixels tell their place. */
function gradient(width: number, height: number): torch.vision.Image {
  const pixels = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) pixels.set([x * 10, y * 10, 100], (y * width + x) * 3)
  return Image.frombytes('RGB', [width, height], pixels)
}

describe('Image', () => {
  test('is made of one colour', () => {
    const image = Image.new('RGB', [3, 2], [1, 2, 3])
    expect(image.size).toEqual([3, 2])
    expect(image.getbands()).toEqual(['R', 'G', 'B'])
    expect([...image.tobytes()]).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3])
    expect(String(image)).toBe('<Image mode=RGB size=3x2>')
  })

  test('refuses wrong sizes, modes and amounts', () => {
    expect(() => Image.new('HSV' as never, [1, 1])).toThrow("unrecognized image mode 'HSV'")
    expect(() => Image.new('L', [1.5, 1])).toThrow('size must be [width, height]')
    expect(() => Image.new('RGB', [1, 1], [1, 2])).toThrow('color must be')
    expect(() => Image.frombytes('L', [2, 2], new Uint8Array(3))).toThrow('not the right amount of data')
    expect(() => Image.frombytes('L', [1, 1], new Int32Array(1))).toThrow(TypeError)
  })

  test('reads bytes of wider pixels', () => {
    const wide = Image.frombytes('I;16', [2, 1], new Uint8Array([1, 0, 0, 1]))
    expect([...wide.data]).toEqual([1, 256])
  })

  test('converts with Pillow’s arithmetic', () => {
    const image = Image.frombytes('RGB', [2, 1], new Uint8Array([255, 0, 0, 10, 200, 30]))
    expect([...image.convert('L').data]).toEqual([76, 124])
    expect([...image.convert('RGBA').data]).toEqual([255, 0, 0, 255, 10, 200, 30, 255])
    expect([...image.convert('L').convert('RGB').data]).toEqual([76, 76, 76, 124, 124, 124])
    expect([...Image.frombytes('F', [2, 1], new Float32Array([-3, 300.7])).convert('L').data]).toEqual([0, 255])
    expect(() => Image.new('F', [1, 1]).convert('RGB')).toThrow('conversion from F to RGB not supported')
  })

  test('is cut, with 0 outside', () => {
    const image = gradient(4, 3)
    expect(image.crop([1, 1, 3, 2]).getpixel([0, 0])).toEqual([10, 10, 100])
    const outside = image.crop([-1, -1, 1, 1])
    expect(outside.size).toEqual([2, 2])
    expect([outside.getpixel([0, 0]), outside.getpixel([1, 1])]).toEqual([
      [0, 0, 0],
      [0, 0, 100],
    ])
    expect(() => image.crop([2, 0, 1, 1])).toThrow("'right' is less than 'left'")
  })

  test('is mirrored', () => {
    const image = gradient(3, 2)
    expect(image.transpose('flip_left_right').getpixel([0, 1])).toEqual([20, 10, 100])
    expect(image.transpose('flip_top_bottom').getpixel([0, 0])).toEqual([0, 10, 100])
  })

  test('changes in place where asked to', () => {
    const image = Image.new('L', [2, 2])
    image.putpixel([1, 0], 9)
    image.paste(Image.new('L', [5, 1], 7), [-3, 1])
    expect([...image.data]).toEqual([0, 9, 7, 7])
    expect(image.copy().data).not.toBe(image.data)
    expect(() => image.getpixel([2, 0])).toThrow('outside')
  })

  test('is scaled', () => {
    const image = Image.new('RGBA', [8, 6], [10, 20, 30, 0])
    for (const filter of ['nearest', 'bilinear', 'bicubic'] as const)
      expect(image.resize([4, 3], filter).size).toEqual([4, 3])
    const grey = Image.new('L', [5, 5], 123).resize([9, 2], 'bilinear')
    expect(new Set(grey.data)).toEqual(new Set([123]))
    expect(() => image.resize([0, 1])).toThrow('must be > 0')
    expect(() => image.resize([1, 1], 'lanczos' as never)).toThrow("unknown resampling filter 'lanczos'")
  })
})

describe('files', () => {
  test('come back as they went, without loss', async () => {
    const pictures = [gradient(5, 4), Image.new('L', [3, 3], 200), Image.new('RGBA', [2, 2], [1, 2, 3, 4])]
    pictures.push(Image.new('LA', [2, 2], [50, 60]), Image.frombytes('I;16', [2, 1], new Uint16Array([300, 65535])))
    for (const picture of pictures) {
      const path = join(folder, `${picture.mode.replace(';', '')}.png`)
      await picture.save(path)
      const back = await Image.open(path)
      expect([back.mode, back.format, [...back.data]]).toEqual([picture.mode, 'png', [...picture.data]])
    }
  })

  test('in other formats', async () => {
    const picture = gradient(16, 16)
    for (const name of ['a.jpg', 'a.webp', 'a.tiff']) {
      const path = pathToFileURL(join(folder, name))
      await picture.save(path)
      expect((await Image.open(path)).size).toEqual([16, 16])
    }
    const bytes = await picture.encode('jpeg', { quality: 50 })
    expect((await Image.open(bytes)).mode).toBe('RGB')
  })

  test('that cannot be are refused', async () => {
    await expect(Image.new('RGBA', [1, 1]).save(join(folder, 'x.jpg'))).rejects.toThrow(
      'cannot write mode RGBA as JPEG',
    )
    await expect(Image.new('F', [1, 1]).save(join(folder, 'x.png'))).rejects.toThrow('cannot write mode F as PNG')
    await expect(Image.new('L', [1, 1]).save(join(folder, 'x.xyz'))).rejects.toThrow('unknown image format: xyz')
    await expect(Image.new('L', [1, 1]).save(join(folder, 'x'))).rejects.toThrow('give a format')
  })

  test('larger than allowed are refused before they are decoded', async () => {
    const file = await Image.new('L', [30, 20]).encode('png')
    await expect(Image.open(file, { maxPixels: 599 })).rejects.toThrow(/exceeds pixel limit/)
    expect((await Image.open(file, { maxPixels: 600 })).size).toEqual([30, 20])
  })

  test('that are none, or cut off, are refused', async () => {
    await expect(Image.open(join(folder, 'missing.png'))).rejects.toThrow('ENOENT')
    await expect(Image.open(Buffer.from('no picture'))).rejects.toThrow('cannot identify or read image file')
    const bytes = await gradient(64, 64).encode('png')
    const path = join(folder, 'cut.png')
    writeFileSync(path, bytes.subarray(0, bytes.length / 2))
    await expect(Image.open(path)).rejects.toThrow('cannot identify or read image file')
  })
})
