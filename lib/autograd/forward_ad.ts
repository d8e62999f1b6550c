/**
 * Forward-mode differentiation: a tensor carries its tangent along.
 *
 * ```ts
 * const { tangent } = forward_ad.dual_level(() => forward_ad.unpack_dual(f(forward_ad.make_dual(x, v))))
 * ```
 *
 * A level belongs to the whole process: one at a time, also over workers.
 * https://docs.pytorch.org/docs/stable/autograd.html#forward-mode-automatic-differentiation
 */
import { signature, typeName } from '../_C/args.js'
import { call } from '../_C/call.js'
import { TorchError } from '../_C/errors.js'
import { native } from '../_C/native.js'
import { valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { registerDecompositions } from './_decompositions.js'
import { currentDualLevel, setDualLevel } from './_dual_level.js'
import { blockOrRun } from './_finally.js'

/** What `unpack_dual` gives: the value, and its tangent or null. Walks as Python's named tuple: `const [p, t] = …`. */
export class UnpackedDualTensor {
  readonly primal: Tensor
  readonly tangent: Tensor | null

  constructor(primal: Tensor, tangent: Tensor | null) {
    this.primal = primal
    this.tangent = tangent
  }

  *[Symbol.iterator](): Generator<Tensor | null, void, undefined> {
    yield this.primal
    yield this.tangent
  }
}

interface Level {
  /** The level, by default the one entered last. */
  level?: number | null
}

/** Enters a level and returns its number. Prefer `dual_level`, which leaves it too. */
export function enter_dual_level(): number {
  const level = native.enterDualLevel()
  if (level !== currentDualLevel() + 1) {
    native.exitDualLevel(level)
    throw new TorchError(
      'Entering a new forward AD level but the current level is not valid. Make sure you did not modify it directly.',
    )
  }
  setDualLevel(level)
  return level
}

/** Leaves a level, which takes the tangents off all its tensors. */
export function exit_dual_level(keywords: Level = {}): void {
  const level = keywords.level ?? currentDualLevel()
  if (level < 0 || level !== currentDualLevel())
    throw new TorchError(
      'Trying to exit a forward AD level that was not the last one that was created. This is not supported.',
    )
  native.exitDualLevel(level)
  setDualLevel(level - 1)
}

/**
 * Runs `fn` inside a level, also over its awaits; without `fn`, `using _ = dual_level()` is for a block.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.forward_ad.dual_level.html
 */
export function dual_level(): Disposable
export function dual_level<T>(fn: () => T): T
export function dual_level<T>(fn?: () => T): T | Disposable {
  if (fn !== undefined && typeof fn !== 'function') throw new TypeError(`expected a function, got ${typeName(fn)}`)
  const level = enter_dual_level()
  return blockOrRun(fn, () => exit_dual_level({ level }))
}

const bindMake = signature<{ tensor: Tensor; tangent: Tensor; level: number | null }>(
  'make_dual',
  'tensor',
  'tangent',
  '*',
  ['level', null],
)

/**
 * `tensor` with `tangent`, of its shape, beside it: what is computed from it carries the directional derivative along. The
 * result shares `tensor`'s memory and is differentiable.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.forward_ad.make_dual.html
 */
export function make_dual(tensor: Tensor, tangent: Tensor, keywords: Level = {}): Tensor {
  const bound = bindMake([tensor, tangent, keywords])
  const level = bound.level ?? currentDualLevel()
  if (level < 0)
    throw new TorchError(
      'Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.',
    )
  for (const [name, value] of [
    ['primal', bound.tensor],
    ['tangent', bound.tangent],
  ] as const) {
    if (!native.isTensor(value)) throw new TypeError(`make_dual(): ${name} must be Tensor, not ${typeName(value)}`)
    const { dtype } = value
    if (!dtype.is_floating_point && !dtype.is_complex)
      throw valueError(`Expected ${name} to be floating point or complex, but got: ${dtype}`)
  }
  registerDecompositions()
  return call(ops._make_dual, tensor, tangent, level) as Tensor
}

/**
 * The value of a dual tensor and its tangent; null for a tensor without.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.forward_ad.unpack_dual.html
 */
export function unpack_dual(tensor: Tensor, keywords: Level = {}): UnpackedDualTensor {
  const level = keywords.level ?? currentDualLevel()
  if (!native.isTensor(tensor)) throw new TypeError(`unpack_dual(): tensor must be Tensor, not ${typeName(tensor)}`)
  if (level < 0) return new UnpackedDualTensor(tensor, null)
  const [primal, tangent] = call(ops._unpack_dual, tensor, level) as [Tensor, Tensor | null]
  return new UnpackedDualTensor(primal, tangent)
}
