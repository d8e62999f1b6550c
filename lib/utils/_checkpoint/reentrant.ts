import { modeBlock } from '../../_C/modes.js'
import { native } from '../../_C/native.js'
import { runtimeError } from '../../_C/raise.js'
import { Function as CustomFunction, type FunctionCtx } from '../../autograd/function.js'
import { backward } from '../../autograd/run.js'
import type { Tensor } from '../../tensor.js'
import { check_backward_validity, detach_variable, RandomStates } from './devices.js'

type Run = (...args: unknown[]) => unknown

/**
 * The older variant of `checkpoint`: forward without a graph, and a backward of its own in backward.
 * https://docs.pytorch.org/docs/stable/checkpoint.html
 */
export class CheckpointFunction extends CustomFunction {
  static forward(ctx: FunctionCtx, run: Run, preserve_rng_state: boolean, ...args: unknown[]): unknown {
    check_backward_validity(args)
    ctx.run = run
    ctx.random = preserve_rng_state ? new RandomStates(args) : null
    ctx.args = args.map(arg => (native.isTensor(arg) ? null : arg))
    ctx.places = args.flatMap((arg, i) => (native.isTensor(arg) ? [i] : []))
    ctx.save_for_backward(...(args.filter(arg => native.isTensor(arg)) as Tensor[]))
    return run(...args)
  }

  static backward(ctx: FunctionCtx, ...grads: Tensor[]) {
    if (!native.isCheckpointValid())
      throw runtimeError(
        'When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the `inputs` argument.',
      )
    const { run, random, places } = ctx as unknown as { run: Run; random: RandomStates | null; places: number[] }
    const saved = ctx.saved_tensors
    const inputs = [...(ctx.args as unknown[])]
    for (const [i, place] of places.entries()) inputs[place] = saved[i]
    const args = detach_variable(inputs)
    const compute = (): unknown => {
      using _ = modeBlock({ grad: true })
      return run(...args)
    }
    const result = random === null ? compute() : random.during(compute)
    const outputs: unknown[] = Array.isArray(result) ? result : [result]
    const roots: Tensor[] = []
    const starts: Tensor[] = []
    for (const [i, output] of outputs.entries()) {
      if (!native.isTensor(output) || !native.requiresGrad(output as Tensor)) continue
      roots.push(output as Tensor)
      starts.push(grads[i]!)
    }
    if (roots.length === 0)
      throw runtimeError('none of output has requires_grad=True, this checkpoint() is not necessary')
    backward(roots, starts)
    return [null, null, ...args.map(arg => (native.isTensor(arg) ? (arg as Tensor).grad : null))]
  }
}
