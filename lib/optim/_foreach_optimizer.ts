import { assertionError } from '../_C/raise.js'
import { Batch, groupByDeviceAndDtype, pick, type Step } from './_foreach.js'
import type { ParamGroup } from './_param_groups.js'
import { PerParamOptimizer } from './_per_param_optimizer.js'

interface ForeachOptions {
  foreach: boolean | null
  differentiable?: boolean
  capturable?: boolean
  fused?: boolean | null
}

/** An optimizer whose `foreach` option steps all parameters of a device and dtype at once, rounding as Python's does. */
export abstract class ForeachOptimizer<O extends ForeachOptions, S extends object> extends PerParamOptimizer<O, S> {
  /** Changes many parameters at once. */
  protected abstract _stepTogether(group: ParamGroup<O>, batch: Batch<S>): void

  protected override _stepParams(group: ParamGroup<O>, steps: readonly Step<S>[]): void {
    const { foreach, fused, differentiable, capturable } = group as ForeachOptions
    if (foreach && differentiable) throw assertionError("_foreach ops don't support autograd")
    // Steps that a graph of the device holds read no number back: those go one by one.
    if (!fused) this._checkUnscaled()
    if (!(foreach || fused) || capturable) {
      super._stepParams(group, steps)
      return
    }
    const places = groupByDeviceAndDtype(steps.map(([param]) => param))
    for (const place of places) this._stepTogether(group, new Batch(pick(steps, place)))
  }
}
