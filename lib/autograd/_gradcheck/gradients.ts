/** What every backward has to do: scale with its gradients, and go without them. */
import { call } from '../../_C/call.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import { ofEnabledGrad } from '../_functional.js'
import { Function as CustomFunction, type FunctionCtx } from '../function.js'
import { grad } from '../run.js'
import { fail, GradcheckError } from './options.js'
import { flatDense, isSparse } from './probe.js'
import { type Subject, zerosOf } from './subject.js'

function isZero(t: Tensor): boolean {
  return flatDense(t).count_nonzero().item() === 0
}

/** Gradients of zero must come out as zero, of their input's kind. */
export function checkZeroGradients(subject: Subject): void {
  const { different, options } = subject
  const outputs = subject.differentiable()
  const grads = grad(outputs, different, outputs.map(zerosOf), { allow_unused: true }) as (Tensor | null)[]
  for (const [i, each] of grads.entries()) {
    if (each === null) continue
    const input = different[i]!
    if (isSparse(each)) checkLayout(each, input)
    const flat = flatDense(each)
    const zero = options.masked ? flat.allclose(zerosOf(flat)) : isZero(each)
    if (!zero) fail('backward not multiplied by grad_output')
    if (each.dtype !== input.dtype) fail('grad is incorrect type')
    if (!each.device.equals(input.device)) fail('grad is incorrect device')
  }
}

function checkLayout(found: Tensor, input: Tensor): void {
  if (found.layout !== input.layout) fail(`grad is incorrect layout (${found.layout} is not ${input.layout})`)
  const kind = `${found.layout}`.replace('torch.', '').replace('_coo', '')
  for (const [name, op] of [
    ['sparse_dim', ops.sparse_dim],
    ['dense_dim', ops.dense_dim],
  ] as const) {
    const [has, wants] = [found, input].map(t => call(op, t) as number)
    if (has !== wants) fail(`grad is ${kind} tensor, but has incorrect ${name} ${has}, expected ${wants}`)
  }
}

/** Backward must take a missing gradient for zeros: for all outputs, and for each alone. */
export function checkUndefinedGradients(subject: Subject): void {
  const { different } = subject
  const count = subject.differentiable().length
  const sets = [-1, ...(count > 1 ? Array.from({ length: count }, (_, i) => i) : [])]
  for (const alone of sets) {
    const outputs = subject.differentiable()
    const passed = ofEnabledGrad(true, () =>
      outputs.map((output, i) => (alone === -1 || alone === i ? (UndefinedGrad.apply(output) as Tensor) : output)),
    )
    let grads: (Tensor | null)[]
    try {
      grads = grad(passed, different, outputs.map(zerosOf), { allow_unused: true })
    } catch (error) {
      throw Object.assign(new GradcheckError('Expected backward function to handle undefined output grads.'), {
        cause: error,
      })
    }
    if (!grads.every(each => each === null || isZero(each)))
      fail('Expected all input grads to be undefined or zero when all output grads are undefined or zero.')
  }
}

/** Hands its input on, and no gradient back. */
class UndefinedGrad extends CustomFunction {
  static forward(ctx: FunctionCtx, x: Tensor): Tensor {
    ctx.set_materialize_grads(false)
    return x.view_as(x)
  }

  static backward(): null {
    return null
  }
}
