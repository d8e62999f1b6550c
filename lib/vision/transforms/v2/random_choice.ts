import { type Args, signature } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import { tensor } from '../../../_creation.js'
import { multinomial } from '../../../_generated/torch.js'
import type { AnyTransform } from '../transform.js'
import { call, checkedTransforms } from './_container.js'
import { floatList } from './_text.js'
import { Transform } from './_transform.js'

interface RandomChoiceOptions {
  transforms: Iterable<AnyTransform>
  /** How probable each is, whatever the sum. Default null: all the same. */
  p: readonly number[] | null
}

const parameters = signature<RandomChoiceOptions>('RandomChoice', 'transforms', ['p', null])

/**
 * One of the transforms. Draws one `torch.multinomial`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomChoice.html
 */
export class RandomChoice extends Transform {
  static override readonly _texts = { p: floatList }

  readonly transforms: readonly AnyTransform[]
  readonly p: readonly number[]

  constructor(...args: Args<[transforms: Iterable<AnyTransform>], [p: readonly number[] | null], RandomChoiceOptions>) {
    super()
    const { transforms, p } = parameters(args)
    this.transforms = checkedTransforms(transforms)
    const weights = p ?? this.transforms.map(() => 1)
    if (weights.length !== this.transforms.length)
      throw new ValueError(
        `Length of p doesn't match the number of transforms: ${weights.length} != ${this.transforms.length}`,
      )
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    this.p = weights.map(weight => weight / total)
  }

  override forward(...samples: unknown[]): unknown {
    const index = Number(multinomial(tensor(this.p), 1).item())
    return call(this.transforms[index]!, samples)
  }
}
