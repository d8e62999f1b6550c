import { setWrapper } from '../../_C/call.js'
import { ValueError } from '../../_C/errors.js'
import { Tensor } from '../../tensor.js'
import { TVTensor } from './tv_tensor.js'

let keepsClass = false

function set(keep: boolean): void {
  keepsClass = keep
  setWrapper(keep ? wrapOutput : null)
}

/** What an operator gave, as the class of the first tv_tensor among its arguments, with what that knows. */
function wrapOutput(output: unknown, args: readonly unknown[]): unknown {
  const like = args.flat().find(arg => arg instanceof TVTensor)
  return like instanceof TVTensor ? asLike(output, like) : output
}

function asLike(output: unknown, like: TVTensor): unknown {
  if (output instanceof TVTensor) return output
  if (output instanceof Tensor) {
    Object.setPrototypeOf(output, Object.getPrototypeOf(like) as object)
    return Object.assign(output, like)
  }
  return Array.isArray(output) ? output.map(part => asLike(part, like)) : output
}

/**
 * Whether operators on tv_tensors give `'Tensor'`, the default, or `'TVTensor'`: the class of their argument. Transforms give
 * what they were given either way. For the rest of the program, or for a block: `using _ = set_return_type('TVTensor')`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.tv_tensors.set_return_type.html
 */
export function set_return_type(return_type: 'Tensor' | 'TVTensor' | Lowercase<'Tensor' | 'TVTensor'>): Disposable {
  const before = keepsClass
  const wanted = String(return_type).toLowerCase()
  if (wanted !== 'tensor' && wanted !== 'tvtensor')
    throw new ValueError(`return_type must be 'TVTensor' or 'Tensor', got ${String(return_type)}`)
  set(wanted === 'tvtensor')
  return { [Symbol.dispose]: () => set(before) }
}
