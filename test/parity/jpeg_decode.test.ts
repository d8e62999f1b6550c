/** Decoded pixels, whole, in part and scaled, against Pillow's, and what damaged files do. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasTurboJpeg, useTurboJpeg } from '#lib/vision/_image/jpeg.js'
import { runTorchvision, whyNoTorchvision } from './torchvision.js'

const { Image, ImageOps, io, transforms: T } = torch.vision

/** One file, and the pixels that Pillow has. */
interface Sample {
  name: string
  mode: string
  size: [number, number]
  /** Files of raw bytes: the picture; upright; the part `box`, scaled to `scaled` by `filter`. */
  box: [number, number, number, number]
  scaled: [number, number]
  filter: 'bilinear' | 'bicubic'
}

const write = `
import io, os, sys
folder = sys.argv[1]
rng = np.random.default_rng(7)
samples = []
def picture(mode, w, h):
    bands = len(mode) if mode != 'CMYK' else 4
    small = rng.integers(0, 256, ((h + 15) // 16 + 1, (w + 15) // 16 + 1, bands), dtype=np.uint8)
    image = Image.fromarray(small[:, :, 0] if bands == 1 else small, mode).resize((w, h), Image.BICUBIC)
    noise = np.asarray(image).astype(int) + rng.integers(-8, 9, np.asarray(image).shape)
    return Image.fromarray(noise.clip(0, 255).astype(np.uint8), mode)
def save(image, i, **options):
    name = f'{i:03}.jpg'
    image.save(os.path.join(folder, name), **options)
    image = Image.open(os.path.join(folder, name))
    image.load()
    w, h = image.size
    x, y = int(rng.integers(0, w)), int(rng.integers(0, h))
    box = (x, y, int(rng.integers(x + 1, w + 1)), int(rng.integers(y + 1, h + 1)))
    scaled = (int(rng.integers(1, 100)), int(rng.integers(1, 100)))
    filter = ['bilinear', 'bicubic'][i % 2]
    from PIL import ImageOps
    raw = lambda kind, image: open(os.path.join(folder, f'{i:03}.{kind}'), 'wb').write(image.tobytes())
    raw('raw', image)
    raw('upright', ImageOps.exif_transpose(image))
    raw('part', image.crop(box).resize(scaled, getattr(Image, filter.upper())).transpose(Image.FLIP_LEFT_RIGHT))
    samples.append(dict(name=name, mode=image.mode, size=image.size, box=box, scaled=scaled, filter=filter))
for i in range(200):
    mode = 'L' if i % 10 == 3 else 'CMYK' if i % 20 == 7 else 'RGB'
    w, h = (1, 1) if i in (5, 13, 27) else (int(rng.integers(1, 200)), int(rng.integers(1, 160)))
    options = dict(quality=int(rng.integers(20, 100)))
    if mode == 'RGB': options['subsampling'] = i % 3
    if i % 4 == 1: options['progressive'] = True
    if i % 5 == 2: options['optimize'] = True
    if i % 7 == 3: options['restart_marker_rows'] = 1
    if i % 9 == 4: options['restart_marker_blocks'] = 3
    if i % 6 == 5:
        exif = Image.Exif()
        exif[0x0112] = i % 8 + 1
        options['exif'] = exif
    save(picture(mode, w, h), i, **options)
print(json.dumps(samples))
`

describe.skipIf(whyNoTorchvision !== '')('200 JPEG files of Pillow', () => {
  let folder = ''
  let samples: Sample[] = []
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'torch-node-jpeg-'))
    samples = JSON.parse(runTorchvision(write, [folder])) as Sample[]
  })
  afterAll(() => {
    useTurboJpeg(true)
    rmSync(folder, { recursive: true, force: true })
  })

  const file = ({ name }: Sample) => join(folder, name)
  const bytes = ({ name }: Sample, kind: string) => readFileSync(join(folder, name.replace('jpg', kind)))

  /** The largest difference; infinite for another amount. */
  function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
    if (a.length !== b.length) return Number.POSITIVE_INFINITY
    let most = 0
    for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!))
    return most
  }

  async function differences(of: (sample: Sample) => Promise<number>): Promise<number[]> {
    const result: number[] = []
    for (const sample of samples) result.push(await of(sample))
    return result
  }

  const wholes = () =>
    differences(async sample => {
      const image = await Image.open(file(sample))
      expect([image.mode, image.size, image.format]).toEqual([sample.mode, sample.size, 'jpeg'])
      return difference(image.data, bytes(sample, 'raw'))
    })

  test.runIf(hasTurboJpeg())('are Pillow’s to the last bit with libjpeg-turbo', async () => {
    expect(samples.length).toBe(200)
    expect(Math.max(...(await wholes()))).toBe(0)
  })

  test('are within 1 of 255 through sharp', async () => {
    useTurboJpeg(false)
    const all = await wholes()
    useTurboJpeg(true)
    expect(all.filter((most, i) => most > 1 && samples[i]!.mode !== 'CMYK')).toEqual([])
  })

  test('are upright after exif_transpose', async () => {
    const all = await differences(async sample =>
      difference(ImageOps.exif_transpose(await Image.open(file(sample))).data, bytes(sample, 'upright')),
    )
    expect(Math.max(...all)).toBe(0)
  })

  test.runIf(hasTurboJpeg())('a part, scaled and mirrored, decodes as that of the whole picture', async () => {
    const all = await differences(async sample => {
      const part = (await Image.open(file(sample))).crop(sample.box)
      const image = part.resize(sample.scaled, sample.filter).transpose('flip_left_right')
      return difference(image.data, bytes(sample, 'part'))
    })
    expect(all.filter(most => most > 0)).toEqual([])
  })

  test('read_image and decode_jpeg give them as (C, H, W)', async () => {
    for (const sample of samples.slice(0, 40)) {
      const picture = await io.read_image(file(sample))
      expect(picture.shape.slice(1)).toEqual([sample.size[1], sample.size[0]])
      if (sample.mode !== 'CMYK') {
        const hwc = picture.permute(1, 2, 0).contiguous().flatten().tolist() as number[]
        expect(difference(hwc, bytes(sample, 'raw'))).toBeLessThanOrEqual(1)
        const upright = await io.decode_image(file(sample), 'UNCHANGED', true)
        expect(difference(upright.permute(1, 2, 0).flatten().tolist() as number[], bytes(sample, 'upright'))).toBe(0)
      }
    }
  })

  test('the usual training pipeline gives torchvision’s numbers', async () => {
    const program = `
import sys
folder = sys.argv[1]
torch.manual_seed(3)
transform = T.Compose([T.RandomResizedCrop(56), T.RandomHorizontalFlip(), T.ToTensor(), T.Normalize([0.4, 0.5, 0.6], [0.2, 0.3, 0.25])])
out = []
for name in json.loads(sys.argv[2]):
    out.append(transform(Image.open(folder + '/' + name).convert('RGB')))
torch.stack(out).numpy().tofile(folder + '/pipeline.bin')
`
    const names = samples.filter(({ mode }) => mode === 'RGB').map(({ name }) => name)
    runTorchvision(program, [folder, JSON.stringify(names)])
    const expected = readFileSync(join(folder, 'pipeline.bin'))
    torch.manual_seed(3)
    const transform = new T.Compose([
      new T.RandomResizedCrop(56),
      new T.RandomHorizontalFlip(),
      new T.ToTensor(),
      new T.Normalize([0.4, 0.5, 0.6], [0.2, 0.3, 0.25]),
    ])
    const results: torch.Tensor[] = []
    for (const name of names) results.push(transform((await Image.open(join(folder, name))).convert('RGB')))
    const floats = new Float32Array(expected.buffer, expected.byteOffset, expected.byteLength / 4)
    expect(difference(torch.stack(results).flatten().tolist() as number[], floats)).toBe(0)
  })

  test('1,000 damaged files give a picture or a ValueError', async () => {
    let seed = 1
    const random = (below: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    let refused = 0
    for (let i = 0; i < 1000; i++) {
      let damaged = Uint8Array.from(readFileSync(file(samples[i % samples.length]!)))
      if (i % 3 === 0) damaged = damaged.slice(0, random(damaged.length))
      else for (let n = 0; n <= i % 17; n++) damaged[random(damaged.length)] = random(256)
      try {
        const image = await Image.open(damaged, { maxPixels: 1_000_000, loadTruncated: i % 2 === 0 })
        const part =
          i % 5 === 0 ? image.crop([0, 0, 1 + random(image.width), 1 + random(image.height)]) : await image.load()
        expect(part.data.length).toBeGreaterThan(0)
      } catch (error) {
        expect((error as Error).name).toBe('ValueError')
        expect((error as Error).message).toMatch('cannot identify or read image file from memory')
        refused++
      }
    }
    expect(refused).toBeGreaterThan(150)
    expect(refused).toBeLessThan(1000)
  })
})

describe.skipIf(whyNoTorchvision !== '')('PNG files of Pillow', () => {
  test('of every mode come back exactly', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'torch-node-png-'))
    const program = `
import os, sys
folder = sys.argv[1]
rng = np.random.default_rng(1)
rgb = Image.fromarray(rng.integers(0, 256, (33, 47, 3), dtype=np.uint8))
images = {'1': rgb.convert('1'), 'L': rgb.convert('L'), 'LA': rgb.convert('LA'), 'P': rgb.quantize(50), 'RGB': rgb, 'RGBA': rgb.convert('RGBA')}
images['RGBA'].putalpha(rgb.convert('L'))
images['LA'].putalpha(rgb.convert('L'))
images['I;16'] = Image.fromarray(rng.integers(0, 65536, (33, 47), dtype=np.uint16))
for mode, image in images.items():
    path = os.path.join(folder, mode.replace(';', '') + '.png')
    image.save(path)
    back = Image.open(path)
    back = back.convert({'1': 'L', 'P': 'RGB'}.get(back.mode, back.mode))
    open(path + '.raw', 'wb').write(back.tobytes())
print(json.dumps(list(images)))
`
    try {
      const modes = JSON.parse(runTorchvision(program, [folder])) as string[]
      expect(modes.length).toBe(7)
      for (const mode of modes) {
        const path = join(folder, `${mode.replace(';', '')}.png`)
        const image = await Image.open(path)
        const expected = { '1': 'L', P: 'RGB' }[mode] ?? mode
        expect([mode, image.mode, Buffer.from(image.tobytes()).equals(readFileSync(`${path}.raw`))]).toEqual([
          mode,
          expected,
          true,
        ])
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('v2.JPEG keeps of a picture what Pillow keeps', { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'torch-node-jpeg-'))
    const program = `
import io
folder = sys.argv[1]
for mode in ('RGB', 'L'):
    for quality in (1, 30, 75, 100):
        pixels = np.random.randint(0, 256, (21, 33, 3) if mode == 'RGB' else (21, 33), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, 'JPEG', quality=quality)
        kept = np.array(Image.open(file))
        torch.save([torch.from_numpy(each).reshape(21, 33, -1).permute(2, 0, 1) for each in (pixels, kept)], f'{folder}/{mode}{quality}')
`
    try {
      runTorchvision(program, [folder])
      for (const name of readdirSync(folder)) {
        const [pixels, kept] = torch.load(join(folder, name)) as [torch.Tensor, torch.Tensor]
        const ours = T.v2.functional.jpeg(pixels, Number(name.replace(/\D+/, '')))
        expect([name, (ours as torch.Tensor).equal(kept)]).toEqual([name, true])
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
