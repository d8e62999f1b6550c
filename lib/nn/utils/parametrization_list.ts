import { typeName } from '../../_C/args.js'
import { NotImplementedError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { runtimeError, valueError } from '../../_C/raise.js'
import { sizeText } from '../../size.js'
import type { Tensor } from '../../tensor.js'
import { numberedChildren } from '../_list.js'
import { recordOf } from '../_module_state.js'
import { withoutGrad } from '../_no_grad.js'
import { type AnyModule, Module } from '../module.js'
import { Parameter } from '../parameter.js'

/** A module that computes a tensor from another, or from several; `right_inverse` finds those for a given value. */
export type Parametrization = AnyModule & { right_inverse?(value: Tensor): Tensor | readonly Tensor[] }

type Originals = Tensor | readonly Tensor[]

/** Calls a parametrization, with its hooks. */
export function evaluate(parametrization: AnyModule, ...inputs: readonly Tensor[]): Tensor {
  return (parametrization as unknown as (...inputs: readonly Tensor[]) => Tensor)(...inputs)
}

export function registerParameterOrBuffer(module: AnyModule, name: string, tensor: Tensor): void {
  if (tensor instanceof Parameter) module.register_parameter(name, tensor)
  else module.register_buffer(name, tensor)
}

/** Refuses a value that differs from the tensor it is to stand for. */
export function checkAlike(intro: string, wanted: [name: string, t: Tensor], got: [name: string, t: Tensor]): void {
  if (!native.isTensor(got[1])) throw valueError(`A parametrization must return a tensor. Got ${typeName(got[1])}.`)
  if (got[1].dtype !== wanted[1].dtype)
    throw valueError(
      `${intro} may not change the dtype of the tensor, unless the \`unsafe\` flag is enabled.\n${wanted[0]}.dtype: ${wanted[1].dtype}\n${got[0]}.dtype: ${got[1].dtype}`,
    )
  const [left, right] = [wanted[1].shape, got[1].shape]
  if (left.length !== right.length || left.some((size, i) => size !== right[i]))
    throw valueError(
      `${intro} may not change the shape of the tensor, unless the \`unsafe\` flag is enabled.\n${wanted[0]}.shape: ${sizeText(left)}\n${got[0]}.shape: ${sizeText(right)}`,
    )
}

/**
 * The parametrizations of one tensor, in order, and the tensor or tensors that they start from: `original`, or `original0`,
 * `original1`, …. A call computes the tensor.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.ParametrizationList.html
 */
export class ParametrizationList extends Module<() => Tensor> {
  /** Whether the checks of shape and dtype are left out. */
  unsafe: boolean
  /** Is there one `original`? */
  is_tensor: boolean
  /** How many originals there are. */
  ntensors: number

  constructor(modules: readonly Parametrization[], original: Tensor, unsafe = false) {
    super()
    if (modules.length === 0) throw valueError('ParametrizationList requires one or more modules.')
    this.unsafe = unsafe
    const before = original.detach()
    for (const module of modules) this.append(module)
    const start = withoutGrad(() => this.#invert(original, true))
    const many = Array.isArray(start)
    if (!many && !native.isTensor(start))
      throw valueError(
        `'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got ${typeName(start)}`,
      )
    this.is_tensor = !many
    this.ntensors = many ? start.length : 1
    if (many) {
      for (const [i, value] of (start as readonly Tensor[]).entries()) this.#registerOriginal(i, value, original)
    } else {
      this.#checkOne(original, start as Tensor)
      withoutGrad(() => native.setData(original, start as Tensor))
      registerParameterOrBuffer(this, 'original', original)
    }
    if (!unsafe)
      checkAlike('Registering a parametrization', ['unparametrized', before], ['parametrized', evaluate(this)])
  }

  #checkOne(original: Tensor, value: Tensor): void {
    for (const fact of ['dtype', 'device'] as const)
      if (original[fact].toString() !== value[fact].toString())
        throw valueError(
          `When \`right_inverse\` outputs one tensor, it may not change the ${fact}.\noriginal.${fact}: ${original[fact]}\nright_inverse(original).${fact}: ${value[fact]}`,
        )
  }

  #registerOriginal(i: number, value: Tensor, original: Tensor): void {
    if (!native.isTensor(value))
      throw valueError(
        `'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got element ${i} of the sequence with type ${typeName(value)}.`,
      )
    const { requires_grad } = original
    const own =
      original instanceof Parameter ? new Parameter(value, requires_grad) : value.requires_grad_(requires_grad)
    registerParameterOrBuffer(this, `original${i}`, own)
  }

  /** What the parametrizations start from to end at `value`. */
  #invert(value: Tensor, lenient: boolean): Originals {
    let current: Originals = value
    for (const module of [...this].reverse()) {
      if (typeof module.right_inverse !== 'function') {
        if (lenient) continue
        throw runtimeError(`parametrization ${module._get_name()} does not implement right_inverse.`)
      }
      try {
        current = module.right_inverse(current as Tensor)
      } catch (error) {
        if (!lenient || !(error instanceof NotImplementedError)) throw error
      }
    }
    return current
  }

  override get length(): number {
    return numberedChildren(this).length
  }

  *[Symbol.iterator](): IterableIterator<Parametrization> {
    yield* numberedChildren<Parametrization>(this)
  }

  /** Adds a parametrization after the others. */
  append(module: Parametrization): this {
    this.add_module(String(this.length), module)
    return this
  }

  /** `original`, or `original0`, `original1`, …. */
  get originals(): Tensor[] {
    const record = recordOf(this)
    if (this.is_tensor) return [record.original as Tensor]
    return Array.from({ length: this.ntensors }, (_, i) => record[`original${i}`] as Tensor)
  }

  /** Sets the originals so that the parametrized tensor becomes `value`; for that each module needs a `right_inverse`. */
  right_inverse(value: Tensor): void {
    withoutGrad(() => {
      const start = this.#invert(value, false)
      const values = this.is_tensor ? [start as Tensor] : (start as readonly Tensor[])
      if (!Array.isArray(values) || values.length !== this.ntensors)
        throw valueError(`'right_inverse' must return a sequence of tensors of length ${this.ntensors}.`)
      for (const [i, original] of this.originals.entries()) {
        const given: Tensor = values[i]
        if (!native.isTensor(given))
          throw valueError(`\`right_inverse\` should return a tensor. Got ${typeName(given)}`)
        if (given.dtype !== original.dtype)
          throw valueError(
            `The tensor returned by \`right_inverse\` has dtype ${given.dtype} while \`original\` has dtype ${original.dtype}`,
          )
        native.setData(original, given)
      }
    })
  }

  forward(): Tensor {
    const [first, ...rest] = this
    let x = evaluate(first!, ...this.originals)
    for (const module of rest) x = evaluate(module, x)
    return x
  }
}
