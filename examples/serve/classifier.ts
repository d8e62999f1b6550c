/** From the bytes of an uploaded picture to the most probable labels, with nothing slow on the event loop. */
import sharp from 'sharp'
import * as torch from 'torch-node'
import { Gate } from './gate.js'

/** What a picture becomes before the model sees it. */
export interface Preprocessing {
  /** Height and width of the model's input. */
  size: number
  /** The share of the picture's shorter side that the square crop from its middle keeps. */
  crop: number
  /** For each channel: one makes pictures grey, three RGB. */
  mean: readonly number[]
  std: readonly number[]
}

export interface ClassifierOptions extends Preprocessing, torch.inference.BatcherOptions {
  /** A TorchScript file: images (N, C, H, W) in, scores (N, classes) out. */
  model: string
  labels: readonly string[]
}

export interface Guess {
  label: string
  /** From 0 to 1. */
  probability: number
}

/** The upload is no picture, or none that this service takes: the client's mistake. */
export class PictureError extends Error {}

/** Larger pictures are refused before they are decoded: a small file can hold a huge one. */
const MAX_PIXELS = 50e6
const SMALL = 2 ** 16

// What decodes the pictures: each is another one, so results are not worth keeping, and several are decoded at once anyway.
sharp.cache(false)
sharp.concurrency(1)

// torchvision's ToTensor, CenterCrop, Resize and Normalize as TorchScript, which runs on threads of the addon's own: scaling
// a photograph down takes longer than the event loop should stand still.
const prepare = torch.jit.script(`
def prepare(pixels: Tensor, size: int, crop: float, mean: Tensor, std: Tensor) -> Tensor:
    height, width = pixels.size(0), pixels.size(1)
    side = max(1, int(round(min(height, width) * crop)))
    top, left = (height - side) // 2, (width - side) // 2
    square = pixels[top:top + side, left:left + side].permute(2, 0, 1).unsqueeze(0)
    image = square.float().contiguous().div(255)
    if side != size:
        image = torch._upsample_bilinear2d_aa(image, [size, size], False)
    return image.squeeze(0).sub(mean.view(-1, 1, 1)).div(std.view(-1, 1, 1))
`)

export class Classifier {
  readonly #options: ClassifierOptions
  readonly #mean: torch.Tensor
  readonly #std: torch.Tensor
  readonly #scores: torch.inference.Batcher
  /** A decoded picture is large: not as many are in memory as there are requests. */
  readonly #decoding = new Gate(8)

  private constructor(model: torch.jit.ScriptModule, options: ClassifierOptions) {
    this.#options = options
    this.#mean = torch.tensor(options.mean)
    this.#std = torch.tensor(options.std)
    this.#scores = torch.inference.batcher(model, options)
  }

  /** Loads the model and runs it once: a model that does not fit the options fails here rather than at the first request. */
  static async load(options: ClassifierOptions): Promise<Classifier> {
    const model = await torch.jit.loadAsync(options.model)
    model.eval()
    const { size, mean, labels } = options
    const scores = torch.no_grad(() => model(torch.zeros(1, mean.length, size, size)))
    if (scores.dim() !== 2 || scores.size(1) !== labels.length)
      throw new Error(`the model gives scores of shape [${[...scores.shape]}] for ${labels.length} labels`)
    return new Classifier(model, options)
  }

  get statistics(): torch.inference.BatcherStatistics {
    return this.#scores.statistics
  }

  /**
   * The `count` most probable labels, best first.
   *
   * @throws {PictureError} for what is no picture
   */
  async classify(file: Uint8Array, signal: AbortSignal, count = 5): Promise<Guess[]> {
    const { labels } = this.#options
    return await torch.scope(async () => {
      const input = await this.#decoding.run(async () => {
        signal.throwIfAborted()
        const image = await this.#decode(file)
        const pixels = torch.fromTypedArray(image.data, [image.height, image.width, this.#options.mean.length])
        return await this.#prepared(pixels, signal)
      })
      const scores = await this.#scores(input, { signal })
      const [probabilities, places] = scores.softmax(0).topk(Math.min(count, labels.length))
      const values = probabilities.tolist() as number[]
      return (places.tolist() as number[]).map((place, i) => ({ label: labels[place]!, probability: values[i]! }))
    })
  }

  /** Answers the requests that wait; further ones are refused. */
  close(): Promise<void> {
    return this.#scores.close()
  }

  /** The model's input, (C, size, size). */
  #prepared(pixels: torch.Tensor, signal: AbortSignal): torch.Tensor | Promise<torch.Tensor> {
    const { size, crop } = this.#options
    const args = [pixels, size, crop, this.#mean, this.#std]
    // What is done in a fraction of a millisecond is not worth another thread.
    return torch.no_grad(() => (pixels.numel() <= SMALL ? prepare(...args) : prepare.callAsync(...args, { signal })))
  }

  async #decode(file: Uint8Array): Promise<torch.vision.Image> {
    try {
      const image = await torch.vision.Image.open(file, { maxPixels: MAX_PIXELS })
      return image.convert(this.#options.mean.length === 1 ? 'L' : 'RGB')
    } catch (error) {
      throw new PictureError((error as Error).message)
    }
  }
}
