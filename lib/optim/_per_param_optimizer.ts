import { native } from '../_C/native.js'
import { runtimeError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { scalarState } from './_common.js'
import type { Step } from './_foreach.js'
import type { ParamGroup } from './_param_groups.js'
import type { ParamState } from './_state_dict.js'
import { Optimizer } from './optimizer.js'

/** What several optimizers have in common: each parameter with a gradient is stepped by itself, and remembers its own. */
export abstract class PerParamOptimizer<O extends object, S extends object> extends Optimizer<O> {
  /** What is remembered of a parameter before its first step. */
  protected abstract _firstState(group: ParamGroup<O>, param: Tensor, grad: Tensor): S

  /** Changes one parameter by its gradient. */
  protected abstract _stepParam(group: ParamGroup<O>, param: Tensor, grad: Tensor, state: S): void

  /** @throws TorchError for a parameter or gradient of a kind that the optimizer does not take. */
  protected _checkParam(_group: ParamGroup<O>, _param: Tensor, grad: Tensor): void {
    if (grad.is_sparse) throw runtimeError(`${this.constructor.name} does not support sparse gradients`)
  }

  protected _stepGroup(group: ParamGroup<O>): void {
    // All are looked at before any is changed.
    const steps: Step<S>[] = []
    for (const param of group.params) {
      const grad = native.grad(param)
      if (!grad) continue
      this._checkParam(group, param, grad)
      const state = this._stateOf(param)
      if (Object.keys(state).length === 0) Object.assign(state, this._firstState(group, param, grad))
      steps.push([param, grad, state as S])
    }
    if (steps.length > 0) this._stepParams(group, steps)
  }

  /** Changes the parameters of a group that have a gradient. */
  protected _stepParams(group: ParamGroup<O>, steps: readonly Step<S>[]): void {
    for (const step of steps) this._stepParam(group, ...step)
  }

  /** The names of what is remembered as tensors of one number. */
  protected _scalars(): readonly string[] {
    return ['step']
  }

  protected override _afterLoad(): void {
    super._afterLoad()
    // Checkpoints of PyTorch before 1.12 have plain numbers there.
    for (const group of this.param_groups) {
      const { capturable = false } = group as { capturable?: boolean }
      for (const param of group.params) {
        const state: ParamState = this.state.get(param) ?? {}
        for (const name of this._scalars())
          if (typeof state[name] === 'number') state[name] = scalarState(state[name], capturable ? param.device : 'cpu')
      }
    }
  }
}
