import { type Args, signature } from '../../_C/args.js'
import { IndexError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { randint, randn } from '../../_generated/torch.js'
import { int64 } from '../../dtype.js'
import { get_rng_state, manual_seed, set_rng_state } from '../../random.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { to_pil_image } from '../transforms/functional.js'
import type { Change } from './_arguments.js'
import { VisionDataset } from './vision.js'

/** Keywords of `FakeData`. */
export interface FakeDataKeywords<Sample, Label> {
  /** How many pictures. Default 1000. */
  size: number
  /** Channels, height, width. Default 3, 224, 224. */
  image_size: readonly number[]
  /** Default 10. */
  num_classes: number
  transform: Change<Image, Sample>
  /** What happens to the class, a tensor of one number. */
  target_transform: Change<Tensor, Label>
  /** Added to each picture's number, which is its seed. Default 0. */
  random_offset: number
}

const parameters = signature<FakeDataKeywords<unknown, unknown>>(
  'FakeData',
  ['size', 1000],
  ['image_size', [3, 224, 224]],
  ['num_classes', 10],
  ['transform', null],
  ['target_transform', null],
  ['random_offset', 0],
)

/**
 * Pictures of noise with random classes; each picture is always the same, and the same as torchvision's.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.FakeData.html
 */
export class FakeData<Sample = Image, Label = number> extends VisionDataset<Image, Tensor, Sample, Label> {
  readonly size: number
  readonly num_classes: number
  readonly image_size: readonly number[]
  readonly random_offset: number

  constructor(
    ...args: Args<
      [],
      [
        size: number,
        image_size: readonly number[],
        num_classes: number,
        transform: Change<Image, Sample>,
        target_transform: Change<Tensor, Label>,
        random_offset: number,
      ],
      FakeDataKeywords<Sample, Label>
    >
  ) {
    const bound = parameters(args) as FakeDataKeywords<Sample, Label>
    super(null, bound)
    this.size = bound.size
    this.num_classes = bound.num_classes
    this.image_size = bound.image_size
    this.random_offset = bound.random_offset
  }

  get length(): number {
    return this.size
  }

  getItem(index: number): [Sample, Label] | Promise<[Sample, Label]> {
    if (index >= this.length) throw new IndexError(`${this.constructor.name} index out of range`)
    const state = get_rng_state()
    manual_seed(index + this.random_offset)
    const noise = randn([...this.image_size])
    const target = randint(0, this.num_classes, [1], { dtype: int64 }).select(0, 0)
    set_rng_state(state)
    const sample = this.transformed(to_pil_image(noise), target)
    return sample instanceof Promise ? sample.then(plain) : plain(sample)
  }
}

/** As torchvision: what the target became is a number where it is a tensor. */
function plain<Sample, Label>([sample, label]: [Sample, Label]): [Sample, Label] {
  return [sample, (native.isTensor(label) ? (label as unknown as Tensor).item() : label) as Label]
}
