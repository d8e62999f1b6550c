/** Pruning in one call. Each function changes its module in place and returns it. */
import { type Args, isPlainObject, signature } from '../../../_C/args.js'
import { valueError } from '../../../_C/raise.js'
import { ones_like } from '../../../_generated/torch.js'
import type { Tensor } from '../../../tensor.js'
import { hooksOf } from '../../_module_hooks.js'
import { recordOf } from '../../_module_state.js'
import type { AnyModule } from '../../module.js'
import { parameters_to_vector } from '../convert_parameters.js'
import { BasePruningMethod, PruningContainer, takePruningMethod } from './base_pruning_method.js'
import { CustomFromMask } from './custom_from_mask.js'
import { Identity } from './identity.js'
import { L1Unstructured } from './l1_unstructured.js'
import { LnStructured, type NormOrder } from './ln_structured.js'
import { RandomStructured } from './random_structured.js'
import { RandomUnstructured } from './random_unstructured.js'

/** What every function takes: a module, and the name of the parameter to prune. */
interface Target<M> {
  module: M
  name: string
}

interface WithAmount<M> extends Target<M> {
  /** How many units to prune, or their share of all when it is not whole. */
  amount: number
}

/**
 * Prunes nothing: only adds the mask of ones.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.identity.html
 */
export function identity<M extends AnyModule>(module: M, name: string): M {
  Identity.apply(module, name)
  return module
}

const bindAmount = (fn: string) => signature<WithAmount<AnyModule>>(fn, 'module', 'name', 'amount')
const bindRandomUnstructured = bindAmount('random_unstructured')

/**
 * Prunes elements drawn at random.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.random_unstructured.html
 */
export function random_unstructured<M extends AnyModule>(
  ...args: Args<[module: M, name: string, amount: number], [], WithAmount<M>>
): M {
  const { module, name, amount } = bindRandomUnstructured(args)
  RandomUnstructured.apply(module, name, amount)
  return module as M
}

interface L1<M> extends WithAmount<M> {
  /** Of the parameter's shape: decides in its place. */
  importance_scores: Tensor | null
}

const bindL1 = signature<L1<AnyModule>>('l1_unstructured', 'module', 'name', 'amount', ['importance_scores', null])

/**
 * Prunes the elements next to zero.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.l1_unstructured.html
 */
export function l1_unstructured<M extends AnyModule>(
  ...args: Args<[module: M, name: string, amount: number], [importance_scores: Tensor | null], L1<M>>
): M {
  const { module, name, amount, importance_scores } = bindL1(args)
  L1Unstructured.apply(module, name, amount, { importance_scores })
  return module as M
}

interface Structured<M> extends WithAmount<M> {
  /** The dimension of the channels. */
  dim: number
}

const bindStructured = signature<Structured<AnyModule>>('random_structured', 'module', 'name', 'amount', 'dim')

/**
 * Prunes whole channels drawn at random.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.random_structured.html
 */
export function random_structured<M extends AnyModule>(
  ...args: Args<[module: M, name: string, amount: number, dim: number], [], Structured<M>>
): M {
  const { module, name, amount, dim } = bindStructured(args)
  RandomStructured.apply(module, name, amount, dim)
  return module as M
}

interface Ln<M> extends L1<M>, Structured<M> {
  n: NormOrder
}

const bindLn = signature<Ln<AnyModule>>('ln_structured', 'module', 'name', 'amount', 'n', 'dim', [
  'importance_scores',
  null,
])

/**
 * Prunes the channels of the smallest Ln-norm.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.ln_structured.html
 */
export function ln_structured<M extends AnyModule>(
  ...args: Args<
    [module: M, name: string, amount: number, n: NormOrder, dim: number],
    [importance_scores: Tensor | null],
    Ln<M>
  >
): M {
  const { module, name, amount, n, dim, importance_scores } = bindLn(args)
  LnStructured.apply(module, name, amount, n, dim, { importance_scores })
  return module as M
}

/**
 * Prunes where `mask`, of the parameter's shape, is 0.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.custom_from_mask.html
 */
export function custom_from_mask<M extends AnyModule>(module: M, name: string, mask: Tensor | { mask: Tensor }): M {
  CustomFromMask.apply(module, name, isPlainObject(mask) ? mask.mask : mask)
  return module
}

type Pair = readonly [module: AnyModule, name: string]

interface GlobalOptions {
  /** Scores for some of the parameters: pairs of parameter and scores, or a `Map`. */
  importance_scores?: Iterable<readonly [Pair, Tensor]> | null
  [keyword: string]: unknown
}

/**
 * Prunes several parameters as if they were one: `parameters` are pairs of module and name, `pruning_method` an unstructured
 * class, whose constructor gets the other keywords.
 *
 * ```ts
 * prune.global_unstructured([[net.fc1, 'weight'], [net.fc2, 'weight']], prune.L1Unstructured, { amount: 0.2 })
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.global_unstructured.html
 */
export function global_unstructured(
  parameters: Iterable<Pair>,
  pruning_method: new (keywords: never) => BasePruningMethod,
  keywords: GlobalOptions = {},
): void {
  const { importance_scores, ...rest } = keywords
  const pairs = [...parameters]
  const given = [...(importance_scores ?? [])]
  const tensorOf = ([module, name]: Pair): Tensor => recordOf(module)[name] as Tensor
  const scores = pairs.map(pair => {
    const own = given.find(([[module, name]]) => module === pair[0] && name === pair[1])
    return own ? own[1] : tensorOf(pair)
  })
  const masks = pairs.map(
    pair => (recordOf(pair[0])[`${pair[1]}_mask`] as Tensor | undefined) ?? ones_like(tensorOf(pair)),
  )
  const container = new PruningContainer()
  const method = new pruning_method(rest as never)
  container._tensor_name = 'temp'
  method._tensor_name = 'temp'
  if (method.PRUNING_TYPE !== 'unstructured')
    throw new TypeError(
      `Only "unstructured" PRUNING_TYPE supported for the \`pruning_method\`. Found method ${pruning_method.name} of type ${String(method.PRUNING_TYPE)}`,
    )
  container.add_pruning_method(method)
  const mask = container.compute_mask(parameters_to_vector(scores), parameters_to_vector(masks))
  let start = 0
  for (const pair of pairs) {
    const tensor = tensorOf(pair)
    const count = tensor.numel()
    custom_from_mask(pair[0], pair[1], mask.narrow(0, start, count).view_as(tensor))
    start += count
  }
}

/**
 * Makes a pruned parameter an ordinary one again; what was pruned stays zero.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.remove.html
 */
export function remove<M extends AnyModule>(module: M, name: string): M {
  const method = takePruningMethod(module, name)
  if (!method)
    throw valueError(`Parameter '${name}' of module ${String(module)} has to be pruned before pruning can be removed`)
  method.remove(module)
  return module
}

/**
 * Whether the module or one below it has a pruned parameter.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.is_pruned.html
 */
export function is_pruned(module: AnyModule): boolean {
  return module
    .modules()
    .some(part => [...hooksOf(part).forwardPre].some(({ hook }) => (hook as unknown) instanceof BasePruningMethod))
}
