import { typeName } from '../_C/args.js'
import { native } from '../_C/native.js'
import { blockOrRun, runThen } from '../autograd/_finally.js'

function change(enable: boolean): () => void {
  if (typeof enable !== 'boolean')
    throw new TypeError(`check_sparse_tensor_invariants(): enable must be bool, not ${typeName(enable)}`)
  const before = native.getSparseChecks()
  native.setSparseChecks(enable)
  return () => native.setSparseChecks(before)
}

/** Runs `make` with checks as a constructor's `check_invariants` says; null leaves them as they are. @internal */
export function withChecks<T>(check_invariants: boolean | null, make: () => T): T {
  return check_invariants === null ? make() : runThen(make, change(check_invariants))
}

function block(enable?: boolean): Disposable
function block<T>(fn: () => T): T
function block<T>(enable: boolean, fn: () => T): T
function block<T>(first: boolean | (() => T) = true, fn?: () => T): T | Disposable {
  return typeof first === 'function' ? blockOrRun(first, change(true)) : blockOrRun(fn, change(first))
}

/**
 * Are the indices of a new sparse tensor checked to be in range, sorted and distinct as its layout wants them? Here they are
 * unless switched off; then a wrong index may end the process, as in Python. While `fn` runs, or until a `using` block ends;
 * for good by `enable` and `disable`. The switch is one for the whole process.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse.check_sparse_tensor_invariants.html
 */
export const check_sparse_tensor_invariants = Object.assign(block, {
  is_enabled: (): boolean => native.getSparseChecks() ?? false,
  enable: (): void => native.setSparseChecks(true),
  disable: (): void => native.setSparseChecks(false),
})
