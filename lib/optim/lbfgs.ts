import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { modeBlock } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { runtimeError, valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { checkLearningRate, isTensor, numberOf, realView, type TensorOrNumber } from './_common.js'
import type { ParamsT } from './_param_groups.js'
import { isAtLeast, isGreater, lesser, minus, negative, over, times } from './_scalar_math.js'
import { strongWolfe } from './_strong_wolfe.js'
import { type Closure, Optimizer } from './optimizer.js'

/** Options of `LBFGS`. */
export interface LBFGSOptions {
  /** The step size; with a line search the first one that is tried. */
  lr: TensorOrNumber
  /** The most iterations of a step. */
  max_iter: number
  /** The most calls of the closure in a step; null is `max_iter · 1.25`. */
  max_eval: number | null
  /** The greatest element of the gradient at which a step ends. */
  tolerance_grad: number
  /** The change of the loss or of a parameter below which a step ends. */
  tolerance_change: number
  /** How many past steps the curvature is estimated from. */
  history_size: number
  /** `strong_wolfe`, or null for steps of `lr`. */
  line_search_fn: 'strong_wolfe' | null
}

type LBFGSKeywords = LBFGSOptions & { params: ParamsT<LBFGSOptions> }

/** What is remembered from step to step; it is kept as the first parameter's state. */
interface LBFGSState {
  func_evals: number
  n_iter: number
  /** The last direction and step size. */
  d: Tensor
  t: TensorOrNumber
  old_dirs: Tensor[]
  old_stps: Tensor[]
  ro: Tensor[]
  H_diag: TensorOrNumber
  prev_flat_grad: Tensor | null
  prev_loss: number
  al?: (Tensor | null)[]
}

const lbfgsOptions = signature<LBFGSKeywords>(
  'LBFGS',
  'params',
  ['lr', 1],
  ['max_iter', 20],
  ['max_eval', null],
  ['tolerance_grad', 1e-7],
  ['tolerance_change', 1e-9],
  ['history_size', 100],
  ['line_search_fn', null],
)

/**
 * L-BFGS: steps along the gradient as bent by the curvature that past steps showed. `step` needs a closure that clears the
 * gradients, computes the loss, calls `backward` and returns the loss. Takes no groups.
 *
 * ```ts
 * optimizer.step(() => {
 *   optimizer.zero_grad()
 *   const loss = loss_fn(model(input), target)
 *   loss.backward()
 *   return loss
 * })
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.LBFGS.html
 */
export class LBFGS extends Optimizer<LBFGSOptions> {
  constructor(
    ...args: Args<
      [params: ParamsT<LBFGSOptions>],
      [
        lr: TensorOrNumber,
        max_iter: number,
        max_eval: number | null,
        tolerance_grad: number,
        tolerance_change: number,
        history_size: number,
        line_search_fn: 'strong_wolfe' | null,
      ],
      LBFGSKeywords
    >
  ) {
    const { params, ...options } = lbfgsOptions(args)
    checkLearningRate(options.lr)
    options.max_eval ??= Math.floor((options.max_iter * 5) / 4)
    super(params, options)
    if (this.param_groups.length !== 1)
      throw valueError("LBFGS doesn't support per-parameter options (parameter groups)")
  }

  get #params(): Tensor[] {
    return this.param_groups[0]!.params
  }

  protected _stepGroup(): void {
    throw new TypeError("LBFGS.step() missing 1 required positional argument: 'closure'")
  }

  protected override _stepAll<T>(closure: Closure<T> | null): T | null {
    if (!closure) return this._stepGroup() as never
    using _ = modeBlock({ grad: false })
    const group = this.param_groups[0]!
    const { max_iter, max_eval, tolerance_grad, tolerance_change, line_search_fn } = group
    const lr = isTensor(group.lr) && group.lr.dim() > 0 ? group.lr.squeeze() : group.lr
    const state = this._stateOf(this.#params[0]!) as Partial<LBFGSState> as LBFGSState
    state.func_evals ??= 0
    state.n_iter ??= 0

    const firstLoss = withGrad(closure)
    let loss = Number(firstLoss)
    let evaluations = 1
    state.func_evals++
    let grad = this.#flatGrad()
    const isOptimal = () => isAtLeast(tolerance_grad, grad.abs().max())
    if (isOptimal()) return firstLoss

    for (let i = 1; i <= max_iter; i++) {
      state.n_iter++
      this.#turn(state, grad, group.history_size)
      const { d } = state
      if (state.prev_flat_grad) state.prev_flat_grad.copy_(grad)
      else state.prev_flat_grad = grad.clone()
      const lossBefore = loss
      state.prev_loss = loss
      state.t = state.n_iter === 1 ? times(lesser(1, over(1, grad.abs().sum())), lr) : lr
      const slope = grad.dot(d)
      if (isGreater(slope, -tolerance_change)) break

      let isDone: boolean
      if (line_search_fn !== null) {
        if (line_search_fn !== 'strong_wolfe') throw runtimeError("only 'strong_wolfe' is supported")
        const search = this.#search(closure, state, { f: loss, g: grad, slope }, max_eval! - evaluations)
        loss = search.f
        grad = search.g
        state.t = search.t
        evaluations += search.evaluations
        state.func_evals += search.evaluations
        this.#move(state.t, d)
        isDone = isOptimal()
      } else {
        this.#move(state.t, d)
        // After the last iteration nobody asks for the loss.
        if (i === max_iter) break
        loss = Number(withGrad(closure))
        grad = this.#flatGrad()
        evaluations++
        state.func_evals++
        isDone = isOptimal()
      }
      if (i === max_iter || evaluations >= max_eval! || isDone) break
      if (isAtLeast(tolerance_change, d.mul(state.t).abs().max())) break
      if (Math.abs(loss - lossBefore) < tolerance_change) break
    }
    return firstLoss
  }

  /** Chooses the direction, by the inverse Hessian that the past steps make probable. */
  #turn(state: LBFGSState, grad: Tensor, historySize: number): void {
    if (state.n_iter === 1) {
      state.d = grad.neg()
      state.old_dirs = []
      state.old_stps = []
      state.ro = []
      state.H_diag = 1
      return
    }
    const { old_dirs, old_stps, ro } = state
    const y = grad.sub(state.prev_flat_grad!)
    const s = state.d.mul(state.t)
    const ys = y.dot(s)
    if (isGreater(ys, 1e-10)) {
      if (old_dirs.length === historySize) for (const list of [old_dirs, old_stps, ro]) list.shift()
      old_dirs.push(y)
      old_stps.push(s)
      ro.push(ys.reciprocal())
      state.H_diag = ys.div(y.dot(y))
    }
    state.al ??= Array<null>(historySize).fill(null)
    const al = state.al
    const q = grad.neg()
    for (let i = old_dirs.length - 1; i >= 0; i--) {
      const a = old_stps[i]!.dot(q).mul(ro[i]!)
      al[i] = a
      q.add_(old_dirs[i]!, { alpha: numberOf(negative(a)) })
    }
    const r = q.mul(state.H_diag)
    for (let i = 0; i < old_dirs.length; i++) {
      const b = old_dirs[i]!.dot(r).mul(ro[i]!)
      r.add_(old_stps[i]!, { alpha: numberOf(minus(al[i]!, b)) })
    }
    state.d = r
  }

  #search(
    closure: Closure<unknown>,
    { d, t }: LBFGSState,
    start: { f: number; g: Tensor; slope: Tensor },
    maxIterations: number,
  ): ReturnType<typeof strongWolfe> {
    const before = this.#params.map(param => param.clone())
    const evaluate = (size: TensorOrNumber) => {
      this.#move(size, d)
      const loss = Number(withGrad(closure))
      const grad = this.#flatGrad()
      for (const [i, param] of this.#params.entries()) param.copy_(before[i]!)
      return { loss, grad }
    }
    return strongWolfe(evaluate, t, d, start, { maxIterations })
  }

  /** All gradients, one after the other, real and imaginary parts by turns. */
  #flatGrad(): Tensor {
    const views = this.#params.map(param => {
      const grad = native.grad(param)
      if (!grad) return realView(call(ops.zeros_like, param) as Tensor).reshape(-1)
      return realView((grad.is_sparse ? grad.to_dense() : grad).reshape(-1)).reshape(-1)
    })
    return call(ops.cat, views, 0) as Tensor
  }

  #move(size: TensorOrNumber, direction: Tensor): void {
    let offset = 0
    for (const param of this.#params) {
      const view = realView(param)
      const count = view.numel()
      view.add_(direction.narrow(0, offset, count).view_as(view), { alpha: numberOf(size) })
      offset += count
    }
  }
}

function withGrad<T>(closure: Closure<T>): T {
  using _ = modeBlock({ grad: true })
  return closure()
}
