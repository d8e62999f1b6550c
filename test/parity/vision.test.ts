import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTorchvision, whyNoTorchvision } from './torchvision.js'

const { Image, transforms } = torch.vision
const F = transforms.functional
const { make_grid, save_image } = torch.vision.utils
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-vision-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
if (whyNoTorchvision) console.error(`no torchvision to compare with: ${whyNoTorchvision}`)

/** What a Python program leaves in `r`, a dict of tensors. */
function tensorsOf(program: string): Record<string, torch.Tensor> {
  const path = join(folder, 'answers.pt')
  runTorchvision(`import os\nos.chdir(sys.argv[1])\nr = {}\n${program}\ntorch.save(r, sys.argv[2])`, [folder, path])
  return torch.load(path) as Record<string, torch.Tensor>
}

/** The names whose tensors differ in dtype, shape or any bit. */
function different(there: Record<string, torch.Tensor>, here: Record<string, torch.Tensor>): string[] {
  expect(Object.keys(here).sort()).toEqual(Object.keys(there).sort())
  return Object.keys(there).filter(name => {
    const [a, b] = [there[name]!, here[name]!]
    return a.dtype !== b.dtype || String(a.shape) !== String(b.shape) || !a.equal(b)
  })
}

const picture = `
y, x = np.mgrid[0:90, 0:120]
picture = Image.fromarray(np.stack([x * 2, y * 2, (x * y) % 256], 2).astype(np.uint8))
`
const here = () => {
  const pixels = new Uint8Array(120 * 90 * 3)
  for (let y = 0; y < 90; y++)
    for (let x = 0; x < 120; x++) pixels.set([x * 2, y * 2, (x * y) % 256], (y * 120 + x) * 3)
  return Image.frombytes('RGB', [120, 90], pixels)
}
const pixelsOf = (image: torch.vision.Image) => F.pil_to_tensor(image)

describe.skipIf(whyNoTorchvision)('vision', () => {
  test('transforms of pictures and tensors are torchvision’s, bit for bit', () => {
    const there = tensorsOf(`${picture}
r['to_tensor'] = F.to_tensor(picture)
r['grey'] = F.to_tensor(picture.convert('L'))
r['pil_to_tensor'] = F.pil_to_tensor(picture)
r['rgba'] = F.pil_to_tensor(picture.convert('RGBA'))
r['normalize'] = F.normalize(F.to_tensor(picture), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
r['to_pil'] = F.pil_to_tensor(F.to_pil_image(F.to_tensor(picture).sqrt()))
r['hflip'] = F.pil_to_tensor(F.hflip(picture))
r['vflip'] = F.vflip(F.to_tensor(picture))
r['center_crop'] = F.pil_to_tensor(F.center_crop(picture, [51, 30]))
r['center_pad'] = F.pil_to_tensor(F.center_crop(picture, [101, 201]))
r['center_pad_tensor'] = F.center_crop(F.to_tensor(picture), [101, 33])
r['crop'] = F.crop(F.to_tensor(picture), -3, 100, 20, 40)
for mode in ['NEAREST', 'NEAREST_EXACT', 'BILINEAR', 'BICUBIC']:
    m = getattr(T.InterpolationMode, mode)
    r['resize ' + mode] = F.resize(F.to_tensor(picture), [31, 77], m)
    r['resize bytes ' + mode] = F.resize(F.pil_to_tensor(picture), 200, m)
r['resize aliased'] = F.resize(F.to_tensor(picture), [31, 77], antialias=False)
r['resize nearest picture'] = F.pil_to_tensor(F.resize(picture, [31, 77], T.InterpolationMode.NEAREST))
for name in ['uint8', 'int16', 'float64', 'int32']:
    r['convert ' + name] = F.convert_image_dtype(F.to_tensor(picture).double(), getattr(torch, name))
r['convert bytes'] = F.convert_image_dtype(F.pil_to_tensor(picture), torch.int32)
r['convert down'] = F.convert_image_dtype(F.convert_image_dtype(F.pil_to_tensor(picture), torch.int64), torch.uint8)
torch.manual_seed(3)
flip = T.Compose([T.RandomHorizontalFlip(0.3), T.RandomVerticalFlip(), T.ToTensor()])
r['random'] = torch.stack([flip(picture) for _ in range(20)])
r['after'] = torch.rand(2)
`)
    const image = here()
    const x = F.to_tensor(image)
    const mine: Record<string, torch.Tensor> = {
      to_tensor: x,
      grey: F.to_tensor(image.convert('L')),
      pil_to_tensor: pixelsOf(image),
      rgba: pixelsOf(image.convert('RGBA')),
      normalize: F.normalize(x, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
      to_pil: pixelsOf(F.to_pil_image(x.sqrt())),
      hflip: pixelsOf(F.hflip(image)),
      vflip: F.vflip(x),
      center_crop: pixelsOf(F.center_crop(image, [51, 30])),
      center_pad: pixelsOf(F.center_crop(image, [101, 201])),
      center_pad_tensor: F.center_crop(x, [101, 33]),
      crop: F.crop(x, -3, 100, 20, 40),
      'resize aliased': F.resize(x, [31, 77], 'bilinear', null, false),
      'resize nearest picture': pixelsOf(F.resize(image, [31, 77], 'nearest')),
      'convert bytes': F.convert_image_dtype(pixelsOf(image), torch.int32),
      'convert down': F.convert_image_dtype(F.convert_image_dtype(pixelsOf(image), torch.int64), torch.uint8),
    }
    for (const [name, mode] of Object.entries(transforms.InterpolationMode)) {
      mine[`resize ${name}`] = F.resize(x, [31, 77], mode)
      mine[`resize bytes ${name}`] = F.resize(pixelsOf(image), 200, mode)
    }
    for (const kind of [torch.uint8, torch.int16, torch.float64, torch.int32])
      mine[`convert ${kind.name}`] = F.convert_image_dtype(x.double(), kind)
    torch.manual_seed(3)
    const flip = new transforms.Compose([
      new transforms.RandomHorizontalFlip(0.3),
      new transforms.RandomVerticalFlip(),
      new transforms.ToTensor(),
    ])
    mine.random = torch.stack(Array.from({ length: 20 }, () => flip(image)))
    mine.after = torch.rand(2)
    expect(different(there, mine)).toEqual([])
  })

  test('pictures scale as Pillow’s, but for how ties round in its two passes', () => {
    const there = tensorsOf(`${picture}
rgba = picture.convert('RGBA'); rgba.putalpha(picture.convert('L'))
for name, m in [('bilinear', Image.BILINEAR), ('bicubic', Image.BICUBIC)]:
    for w, h in [(60, 45), (77, 31), (300, 200), (120, 20)]:
        r[f'{name} {w} {h}'] = F.pil_to_tensor(picture.resize((w, h), m))
        r[f'{name} {w} {h} grey'] = F.pil_to_tensor(picture.convert('L').resize((w, h), m))
    r[f'{name} alpha'] = F.pil_to_tensor(rgba.resize((50, 40), m))
`)
    for (const [name, theirs] of Object.entries(there)) {
      const [filter, w, h, mode] = name.split(' ') as ['bilinear', string, string, string | undefined]
      let image = here()
      if (w === 'alpha') {
        const grey = image.convert('L').data
        image = image.convert('RGBA')
        for (const [i, alpha] of grey.entries()) image.data[4 * i + 3] = alpha
        const off = pixelsOf(image.resize([50, 40], filter))
          .int()
          .sub(theirs.int())
          .abs()
        // Where the picture is nearly transparent, a step of alpha is many of a colour.
        expect([
          name,
          (off.at(3).max().item() as number) <= 1,
          (off.gt(1).float().mean().item() as number) < 0.02,
        ]).toEqual([name, true, true])
        continue
      }
      if (mode === 'grey') image = image.convert('L')
      const off = pixelsOf(image.resize([Number(w), Number(h)], filter))
        .int()
        .sub(theirs.int())
        .abs()
      expect([name, (off.max().item() as number) <= 2, (off.ne(0).float().mean().item() as number) < 0.05]).toEqual([
        name,
        true,
        true,
      ])
    }
  })

  test('grids are torchvision’s, and saved with its very numbers', async () => {
    const there = tensorsOf(`
from torchvision.utils import make_grid, save_image
torch.manual_seed(1)
x = torch.randn(7, 3, 5, 6)
r['plain'] = make_grid(x)
r['rows'] = make_grid(x, nrow=3, padding=1, pad_value=0.25)
r['normalized'] = make_grid(x, normalize=True)
r['range'] = make_grid(x, normalize=True, value_range=(-1, 1))
r['each'] = make_grid(x, normalize=True, scale_each=True)
r['grey'] = make_grid(x[:, :1])
r['one'] = make_grid(x[0])
r['flat'] = make_grid(x[0, 0])
r['list'] = make_grid([a for a in x], 2)
r['bytes'] = make_grid((x * 50).abs().to(torch.uint8), pad_value=9)
save_image(x, 'theirs.png', nrow=3, normalize=True)
r['saved'] = F.pil_to_tensor(Image.open('theirs.png'))
`)
    torch.manual_seed(1)
    const x = torch.randn(7, 3, 5, 6)
    await save_image(x, join(folder, 'ours.png'), { nrow: 3, normalize: true })
    expect(
      different(there, {
        plain: make_grid(x),
        rows: make_grid(x, { nrow: 3, padding: 1, pad_value: 0.25 }),
        normalized: make_grid(x, { normalize: true }),
        range: make_grid(x, { normalize: true, value_range: [-1, 1] }),
        each: make_grid(x, { normalize: true, scale_each: true }),
        grey: make_grid(x.narrow(1, 0, 1)),
        one: make_grid(x.select(0, 0)),
        flat: make_grid(x.at(0, 0)),
        list: make_grid(x.unbind(0) as torch.Tensor[], 2),
        bytes: make_grid(x.mul(50).abs().to(torch.uint8), { pad_value: 9 }),
        saved: pixelsOf(await Image.open(join(folder, 'ours.png'))),
      }),
    ).toEqual([])
  })

  test('files decode to Pillow’s pixels', async () => {
    const names = [
      'rgb.png',
      'grey.png',
      'rgba.png',
      'la.png',
      'wide.png',
      'rgb.jpg',
      'fine.jpg',
      'grey.jpg',
      'lossless.webp',
    ]
    const there = tensorsOf(`${picture}
grey = picture.convert('L')
picture.save('rgb.png'); grey.save('grey.png'); picture.convert('RGBA').save('rgba.png'); picture.convert('LA').save('la.png')
Image.fromarray((np.array(grey).astype(np.uint16) * 257)).save('wide.png')
picture.save('rgb.jpg'); picture.save('fine.jpg', quality=95, subsampling=0); grey.save('grey.jpg')
picture.save('lossless.webp', lossless=True)
for name in ${JSON.stringify(names)}: r[name] = F.pil_to_tensor(Image.open(name))
`)
    const mine: Record<string, torch.Tensor> = {}
    for (const name of names) mine[name] = pixelsOf(await Image.open(join(folder, name)))
    expect(different(there, mine)).toEqual([])
  })

  test('Pillow reads what is written here', async () => {
    await here().save(join(folder, 'here.png'))
    await here().save(join(folder, 'here.jpg'))
    const there = tensorsOf(`
r['png'] = F.pil_to_tensor(Image.open('here.png'))
r['jpg'] = F.pil_to_tensor(Image.open('here.jpg'))
`)
    const back = pixelsOf(await Image.open(join(folder, 'here.jpg')))
    expect(different(there, { png: pixelsOf(here()), jpg: back })).toEqual([])
  })

  test('MNIST’s samples are torchvision’s', () => {
    const header = (...shape: number[]) => {
      const bytes = Buffer.alloc(4 + 4 * shape.length)
      bytes.set([0, 0, 8, shape.length])
      for (const [i, side] of shape.entries()) bytes.writeUInt32BE(side, 4 + 4 * i)
      return bytes
    }
    const pixels = Buffer.from(Array.from({ length: 3 * 28 * 28 }, (_, i) => (i * 7) % 256))
    const files = {
      'train-images-idx3-ubyte': Buffer.concat([header(3, 28, 28), pixels]),
      'train-labels-idx1-ubyte': Buffer.concat([header(3), Buffer.from([3, 1, 4])]),
    }
    for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), data)
    const there = tensorsOf(`
import shutil
os.makedirs('MNIST/raw', exist_ok=True)
for kind in ['images-idx3', 'labels-idx1']:
    shutil.copy(f'train-{kind}-ubyte', f'MNIST/raw/train-{kind}-ubyte')
    shutil.copy(f'train-{kind}-ubyte', f'MNIST/raw/t10k-{kind}-ubyte')
dataset = torchvision.datasets.MNIST('.', transform=T.ToTensor())
r['data'], r['targets'] = dataset.data, dataset.targets
r['sample'], target = dataset[1]
r['target'] = torch.tensor(target)
open('printed.txt', 'w').write(repr(dataset))
`)
    const dataset = new torch.vision.datasets.MNIST(folder, { transform: new transforms.ToTensor() })
    const [sample, target] = dataset.getItem(1) as [torch.Tensor, number]
    const mine = { data: dataset.data, targets: dataset.targets, sample, target: torch.tensor(BigInt(target)) }
    expect(different(there, mine)).toEqual([])
    const printed = readFileSync(join(folder, 'printed.txt'), 'utf8').replace('location: .', `location: ${folder}`)
    expect(String(dataset)).toBe(printed)
  })
})
