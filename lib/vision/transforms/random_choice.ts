import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { tensor } from '../../_creation.js'
import { multinomial } from '../../_generated/torch.js'
import { float32 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { listText } from './_text.js'
import { checkTransforms, runTransforms, transformText } from './_transforms.js'
import { type AnyTransform, Transform } from './transform.js'

interface RandomChoiceOptions {
  transforms: readonly AnyTransform[]
  /** A weight for each. Default: all the same. */
  p: readonly number[] | null
}

const parameters = signature<RandomChoiceOptions>('RandomChoice', 'transforms', ['p', null])

export interface RandomChoice {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * One of the transforms, each as likely as its weight in `p`. Draws one `torch.multinomial`, as `transforms.v2` does; torchvision's
 * first version takes from Python's `random`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomChoice.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomChoice extends Transform {
  readonly transforms: readonly AnyTransform[]
  readonly p: readonly number[] | null

  constructor(
    ...args: Args<[transforms: readonly AnyTransform[]], [p: readonly number[] | null], RandomChoiceOptions>
  ) {
    super()
    const { transforms, p } = parameters(args)
    this.transforms = checkTransforms(transforms)
    if (transforms.length === 0) throw new ValueError('transforms should not be empty')
    if (p !== null && !Array.isArray(p)) throw new TypeError('Argument p should be a sequence')
    if (p !== null && p.length !== transforms.length)
      throw new ValueError(`Length of p doesn't match the number of transforms: ${p.length} != ${transforms.length}`)
    this.p = p
  }

  forward<T extends Image | Tensor>(img: T): T {
    const weights = this.p ?? this.transforms.map(() => 1)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const shares = tensor(
      weights.map(weight => weight / total),
      { dtype: float32 },
    )
    const chosen = Number(multinomial(shares, 1).item())
    return runTransforms([this.transforms[chosen]!], img)
  }

  override toString(): string {
    const lines = this.transforms.map(transform => `\n    ${transformText(transform)}`)
    return `${this.constructor.name}(${lines.join('')}\n)(p=${this.p === null ? 'None' : listText(this.p)})`
  }
}
