import { type Args, signature } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import { checkSequence } from '../_geometry_arguments.js'
import { integer } from '../_random.js'
import { Transform } from './_transform.js'
import { jpeg } from './functional/_augment.js'

interface JPEGOptions {
  /** 1 to 100; or the least and the largest that are drawn. */
  quality: number | readonly number[]
}

interface Params {
  quality: number
}

const parameters = signature<JPEGOptions>('JPEG', 'quality')

/**
 * What a JPEG file keeps of uint8 images with 1 or 3 channels. Draws one `torch.randint`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.JPEG.html
 */
export class JPEG extends Transform<Params> {
  /** The least and the largest. */
  readonly quality: readonly [min: number, max: number]

  constructor(...args: Args<[quality: number | readonly number[]], [], JPEGOptions>) {
    super()
    const { quality } = parameters(args)
    const range = typeof quality === 'number' ? [quality, quality] : quality
    checkSequence(range, 'quality', 2)
    const [min, max] = range as readonly [number, number]
    if (!(Number.isInteger(min) && Number.isInteger(max) && min >= 1 && min <= max && max <= 100))
      throw new ValueError(`quality must be an integer from 1 to 100, got quality =[${min}, ${max}]`)
    this.quality = [min, max]
  }

  override make_params(): Params {
    const [min, max] = this.quality
    return { quality: integer(min, max + 1) }
  }

  override transform(inpt: unknown, { quality }: Params): unknown {
    return this._call_kernel(jpeg, inpt, quality)
  }
}
