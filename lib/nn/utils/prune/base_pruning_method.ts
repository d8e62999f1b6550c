import { isPlainObject, typeName } from '../../../_C/args.js'
import { TorchError } from '../../../_C/errors.js'
import { assertionError, indexError, valueError } from '../../../_C/raise.js'
import { ones_like } from '../../../_generated/torch.js'
import type { Index } from '../../../_indexing.js'
import { contiguous_format } from '../../../memory_format.js'
import { sizeText } from '../../../size.js'
import { slice } from '../../../slice.js'
import type { Tensor } from '../../../tensor.js'
import { Callable, setCaller } from '../../_callable.js'
import { addHook, hooksOf } from '../../_module_hooks.js'
import { kState, recordOf } from '../../_module_state.js'
import type { AnyModule } from '../../module.js'
import type { Parameter } from '../../parameter.js'

/** Of what a mask is made: single elements, channels along `dim`, or everything at once. */
export type PruningType = 'unstructured' | 'structured' | 'global'

/** The names that a pruned tensor `weight` has in its module: `weight_orig` and `weight_mask`. */
const original = (name: string): string => `${name}_orig`
const maskOf = (name: string): string => `${name}_mask`

type Hook = (...args: unknown[]) => unknown

function checkScores(what: string, scores: Tensor, t: Tensor): void {
  const [left, right] = [scores.shape, t.shape]
  if (left.length !== right.length || left.some((size, i) => size !== right[i]))
    throw assertionError(
      `importance_scores should have the same shape as ${what}, got ${sizeText(left)} vs ${sizeText(right)}`,
    )
}

/** Takes the pruning method of a tensor off the module's hooks. */
export function takePruningMethod(module: AnyModule, name: string): BasePruningMethod | null {
  const { forwardPre } = hooksOf(module)
  for (const entry of forwardPre) {
    const hook: unknown = entry.hook
    if (!(hook instanceof BasePruningMethod) || hook._tensor_name !== name) continue
    forwardPre.delete(entry)
    return hook
  }
  return null
}

/** A pruning method is the hook that runs before each call of the module: it computes the pruned tensor. */
export interface BasePruningMethod {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (module: AnyModule, inputs?: unknown): void
}

// The class and `PruningContainer` need each other while they are made, so both are in this file.

/**
 * The base of pruning methods. A subclass has a `PRUNING_TYPE` and writes `compute_mask`; its static `apply` puts it on a
 * module, whose parameter `name` then becomes `name_orig`, with the buffer `name_mask` and their product at `name`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.BasePruningMethod.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `Callable` makes the instances functions.
export abstract class BasePruningMethod extends Callable {
  readonly PRUNING_TYPE?: PruningType
  _tensor_name: string | null = null

  /** The mask, of `t`'s shape: `default_mask` with more zeros. `t` holds the importance of each element. */
  abstract compute_mask(t: Tensor, default_mask: Tensor): Tensor

  /** The pruned tensor: the original times the mask, both of which the module has. */
  apply_mask(module: AnyModule): Tensor {
    const name = this._tensor_name
    if (name === null) throw assertionError(`Module ${String(module)} has to be pruned`)
    const record = recordOf(module)
    const orig = record[original(name)] as Tensor
    return (record[maskOf(name)] as Tensor).to(orig.dtype).mul(orig)
  }

  /**
   * Prunes a parameter of the module, in place: `args` go to the constructor. Pruned again, it loses more. With the keyword
   * `importance_scores`, a tensor of the parameter's shape, that one decides what is pruned.
   */
  static override apply(module: AnyModule, name: string, ...args: unknown[]): BasePruningMethod {
    const last = args.at(-1)
    const { importance_scores = null, ...keywords } = (isPlainObject(last) ? last : {}) as {
      importance_scores?: Tensor | null
    }
    const own = isPlainObject(last) ? args.slice(0, -1) : args
    if (Object.keys(keywords).length > 0) own.push(keywords)
    return applyPruning(module, name, importance_scores, () => {
      const make = this as unknown as new (...args: unknown[]) => BasePruningMethod
      return new make(...own)
    })
  }

  /** `t` with a mask computed for it; it is not remembered. */
  prune(t: Tensor, default_mask: Tensor | null = null, importance_scores: Tensor | null = null): Tensor {
    if (importance_scores !== null) checkScores('tensor t', importance_scores, t)
    return t.mul(this.compute_mask(importance_scores ?? t, default_mask ?? ones_like(t)))
  }

  /** Makes the pruned tensor an ordinary parameter of the module again; what was pruned stays zero. */
  remove(module: AnyModule): void {
    const name = this._tensor_name
    if (name === null) throw assertionError(`Module ${String(module)} has to be pruned before pruning can be removed`)
    const record = recordOf(module)
    const weight = this.apply_mask(module)
    const orig = record[original(name)] as Parameter
    orig.data = weight.data
    for (const key of [name, original(name), maskOf(name)]) delete record[key]
    record[kState].buffers.delete(maskOf(name))
    record[name] = orig
  }
}

setCaller<BasePruningMethod>(BasePruningMethod.prototype, (self, [module]) => {
  recordOf(module as AnyModule)[self._tensor_name!] = self.apply_mask(module as AnyModule)
})

/**
 * Several pruning methods of one tensor, in the order in which they came. Its mask is the latest one's on top of the rest.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.PruningContainer.html
 */
export class PruningContainer extends BasePruningMethod {
  #methods: readonly BasePruningMethod[] = []

  constructor(...methods: BasePruningMethod[]) {
    super()
    if (methods.length === 1) this._tensor_name = methods[0]!._tensor_name
    for (const method of methods) this.add_pruning_method(method)
  }

  /** Adds a method of the same tensor. */
  add_pruning_method(method: BasePruningMethod): void {
    if (!(method instanceof BasePruningMethod))
      throw new TypeError(`${typeName(method)} is not a BasePruningMethod subclass`)
    if (method._tensor_name !== this._tensor_name)
      throw valueError(
        `Can only add pruning methods acting on the parameter named '${this._tensor_name}' to PruningContainer. ` +
          `Found '${method._tensor_name}'`,
      )
    this.#methods = [...this.#methods, method]
  }

  override get length(): number {
    return this.#methods.length
  }

  *[Symbol.iterator](): IterableIterator<BasePruningMethod> {
    yield* this.#methods
  }

  /** The method at a place; a negative one counts from the end. */
  at(index: number): BasePruningMethod {
    const method = this.#methods.at(index)
    if (!method) throw indexError('tuple index out of range')
    return method
  }

  compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    const method = this.at(-1)
    const mask = default_mask.to(t.dtype)
    const part = unprunedPart(method, t, default_mask)
    mask.setAt(part, method.compute_mask(t.at(...part), default_mask.at(...part)).to(mask.dtype))
    return mask
  }
}

/** Where in `t` a further method may prune: the indices of `at`. */
function unprunedPart(method: BasePruningMethod, t: Tensor, mask: Tensor): Index[] {
  const all = t.shape.map((): Index => slice(null))
  switch (method.PRUNING_TYPE) {
    case 'unstructured':
      return [mask.eq(1)]
    case 'global':
      return all
    case 'structured': {
      if (!('dim' in method))
        throw new TorchError(
          'Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.',
          'ERR_TORCH_ATTRIBUTE',
        )
      const count = all.length
      const given = method.dim as number
      const dim = given < 0 ? given + count : given
      if (dim < 0) throw indexError(`Index is out of bounds for tensor with dimensions ${count}`)
      // A channel that is all zeros is gone already.
      all[dim] = mask.sum(all.map((_, d) => d).filter(d => d !== dim)).ne(0)
      return all
    }
    default:
      throw valueError(`Unrecognized PRUNING_TYPE ${String(method.PRUNING_TYPE)}`)
  }
}

/** Puts the method that `make` returns on the tensor, on top of the one that is there. */
function applyPruning(
  module: AnyModule,
  name: string,
  scores: Tensor | null,
  make: () => BasePruningMethod,
): BasePruningMethod {
  const added = make()
  added._tensor_name = name
  const old = takePruningMethod(module, name)
  let method = added
  if (old !== null) {
    const container = old instanceof PruningContainer ? old : new PruningContainer(old)
    container.add_pruning_method(added)
    method = container
  }
  const record = recordOf(module)
  const tensor = record[name] as Tensor
  if (scores !== null) checkScores(`parameter ${name} of ${String(module)}`, scores, tensor)
  const first = old === null
  if (first) {
    module.register_parameter(original(name), tensor as Parameter)
    delete record[name]
  }
  const before = first
    ? ones_like(tensor)
    : (record[maskOf(name)] as Tensor).detach().clone({ memory_format: contiguous_format })
  try {
    module.register_buffer(maskOf(name), method.compute_mask(scores ?? tensor, before))
    record[name] = method.apply_mask(module)
    addHook(hooksOf(module).forwardPre, { hook: method as unknown as Hook, with_kwargs: false })
  } catch (error) {
    if (first) {
      delete record[original(name)]
      record[name] = tensor
    }
    throw error
  }
  return method
}
