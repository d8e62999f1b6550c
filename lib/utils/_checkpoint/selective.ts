/** Checkpoints that keep the results of some operators. */
import { typeName } from '../../_C/args.js'
import { type DispatchedCall, type DispatchMode, modeBlock, withDispatchMode, withModes } from '../../_C/modes.js'
import { native } from '../../_C/native.js'
import { runtimeError, valueError } from '../../_C/raise.js'
import { mapPlain } from '../../_tensors_in.js'
import { type OpOverload, ops } from '../../ops.js'
import type { Tensor } from '../../tensor.js'
import type { CheckpointContext } from './context.js'

/**
 * What becomes of an operator's result: kept for backward, or computed again. `MUST_…` and `PREFER_…` mean the same here.
 * https://docs.pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.CheckpointPolicy
 */
export const CheckpointPolicy = Object.freeze({
  MUST_SAVE: 0,
  PREFER_SAVE: 1,
  MUST_RECOMPUTE: 2,
  PREFER_RECOMPUTE: 3,
  MUST_CPU_OFFLOAD: 4,
  PREFER_CPU_OFFLOAD: 5,
})
export type CheckpointPolicy = (typeof CheckpointPolicy)[keyof typeof CheckpointPolicy]

/**
 * What a policy is told beside the operator and its arguments.
 * https://docs.pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.SelectiveCheckpointContext
 */
export class SelectiveCheckpointContext {
  /** Always false: policies are asked in the first computation only. */
  readonly is_recompute: boolean
  readonly op_output: unknown

  constructor({ is_recompute, op_output = null }: { is_recompute: boolean; op_output?: unknown }) {
    this.is_recompute = is_recompute
    this.op_output = op_output
  }
}

function overloads(name: string, ...names: string[]): OpOverload[] {
  const [namespace, operator] = name.split('.') as [string, string]
  const packet = ops[namespace]?.[operator]
  return names.flatMap(overload => packet?.[overload] ?? [])
}

/**
 * The operators that selective checkpoints never keep: those that checkpoints call themselves, and questions about tensors.
 * https://docs.pytorch.org/docs/stable/checkpoint.html
 */
export const SAC_IGNORED_OPS: ReadonlySet<OpOverload> = new Set([
  ...overloads('aten.detach', 'default'),
  ...overloads('aten.is_contiguous', 'default', 'memory_format'),
  ...[
    'is_strides_like_format',
    'is_non_overlapping_and_dense',
    'size',
    'sym_size',
    'stride',
    'sym_stride',
    'storage_offset',
    'sym_storage_offset',
    'numel',
    'sym_numel',
    'dim',
  ].flatMap(name => overloads(`aten.${name}`, 'default')),
  ...overloads('prim.device', 'default'),
])

/** Decides about one result of an operator. True is `MUST_SAVE`, false `PREFER_RECOMPUTE`. */
export type PolicyFn = (
  ctx: SelectiveCheckpointContext,
  op: OpOverload,
  ...args: unknown[]
) => CheckpointPolicy | boolean

function operatorOf({ name, overload }: DispatchedCall): OpOverload {
  const [namespace, operator] = name.split('::') as [string, string]
  return ops[namespace]![operator]![overload || 'default']!
}

/** A kept tensor, and its version then. */
class Kept {
  readonly tensor: Tensor
  readonly #version: number

  constructor(t: Tensor) {
    // It outlives the tensor scope of the forward pass.
    using _ = modeBlock({ scope: 0 })
    this.tensor = native.detachSharing(t)
    this.#version = native.version(t)
  }

  get(mutable: boolean): Tensor {
    if (!mutable && native.version(this.tensor) !== this.#version)
      throw runtimeError('Tensor cached during selective activation checkpoint has been mutated')
    return this.tensor
  }
}

/** What is known of one call: its results, that it runs again, or that its results were taken. */
type Entry = readonly unknown[] | 'recompute' | 'consumed'

/** By operator, in the order of the calls. */
type Storage = Map<OpOverload, Entry[]>

const mismatch =
  'This can happen if the operations in the checkpointed region are nondeterministic or depend on global state that changed between forward and backward.'

/** The number of each operator's call, from 0. */
class Counter {
  readonly #counts = new Map<OpOverload, number>()

  next(op: OpOverload): number {
    const count = this.#counts.get(op) ?? 0
    this.#counts.set(op, count + 1)
    return count
  }
}

function keeping(policy: PolicyFn, storage: Storage): DispatchMode {
  return (call, run) => {
    const op = operatorOf(call)
    const results = run()
    if (SAC_IGNORED_OPS.has(op)) return results
    const op_output = results.length === 1 ? results[0] : results
    const answer = policy(new SelectiveCheckpointContext({ is_recompute: false, op_output }), op, ...call.args)
    const keep = answer === true || answer === CheckpointPolicy.MUST_SAVE || answer === CheckpointPolicy.PREFER_SAVE
    const entries = storage.get(op) ?? []
    storage.set(op, entries)
    const kept = (part: object) => (native.isTensor(part) ? new Kept(part as Tensor) : undefined)
    entries.push(keep ? (mapPlain(results, kept) as unknown[]) : 'recompute')
    return results
  }
}

function reusing(storage: Storage, mutable: boolean): DispatchMode {
  const counter = new Counter()
  return (call, run) => {
    const op = operatorOf(call)
    if (SAC_IGNORED_OPS.has(op)) return run()
    const entries = storage.get(op)
    if (entries === undefined)
      throw runtimeError(`${op.name()} encountered during backward but not found in storage. ${mismatch}`)
    const index = counter.next(op)
    const entry = entries[index]
    if (entry === undefined)
      throw runtimeError(
        `${op.name()} invocation index ${index} encountered during backward but not found in storage. ${mismatch}`,
      )
    if (entry === 'consumed')
      throw runtimeError(
        'Trying to backward an extra time. You are only allowed to backward once on any region computed under selective activation checkpoint.',
      )
    if (entry === 'recompute') return run()
    entries[index] = 'consumed'
    return mapPlain(entry, part => (part instanceof Kept ? part.get(mutable) : undefined)) as unknown[]
  }
}

function policyOf(given: PolicyFn | readonly OpOverload[]): PolicyFn {
  if (typeof given === 'function') return given
  if (!Array.isArray(given)) throw new TypeError('policy_fn_or_list must be either a function or a list of ops.')
  const list = given as readonly OpOverload[]
  for (const op of list)
    if (typeof op !== 'function' || typeof op.schema !== 'string')
      throw valueError(
        `Expected op in \`op_list\` to be an OpOverload but got: ${typeName(op)}. Name one overload, such as torch.ops.aten.mm.default.`,
      )
  return (_, op) => (list.includes(op) ? CheckpointPolicy.MUST_SAVE : CheckpointPolicy.PREFER_RECOMPUTE)
}

/**
 * The contexts of a checkpoint that keeps the results of some operators instead of computing them again: those in a list, or
 * those for which `policy_fn(ctx, op, ...args)` says so. Backward can run once.
 *
 * ```ts
 * const context_fn = () => create_selective_checkpoint_contexts([torch.ops.aten.mm.default])
 * const y = checkpoint(block, x, { use_reentrant: false, context_fn })
 * ```
 *
 * https://docs.pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.create_selective_checkpoint_contexts
 */
export function create_selective_checkpoint_contexts(
  policy_fn_or_list: PolicyFn | readonly OpOverload[],
  allow_cache_entry_mutation: boolean | { allow_cache_entry_mutation?: boolean } = false,
): readonly [forward: CheckpointContext, recompute: CheckpointContext] {
  const mutable =
    typeof allow_cache_entry_mutation === 'object'
      ? (allow_cache_entry_mutation.allow_cache_entry_mutation ?? false)
      : allow_cache_entry_mutation
  const storage: Storage = new Map()
  const policy = policyOf(policy_fn_or_list)
  return [
    fn => withModes(withDispatchMode(keeping(policy, storage)), fn),
    fn => withModes(withDispatchMode(reusing(storage, mutable)), fn),
  ]
}
