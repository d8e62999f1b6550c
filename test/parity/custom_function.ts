/** The functions of custom_function.py, in TypeScript. */
import * as torch from 'torch-node'

const { Function, once_differentiable } = torch.autograd
type Ctx = torch.autograd.FunctionCtx
type Tensor = torch.Tensor
type Maybe = Tensor | null

/** Saves its output. */
class Exp extends Function {
  static forward(ctx: Ctx, x: Tensor): Tensor {
    const y = x.exp()
    ctx.save_for_backward(y)
    return y
  }
  static backward(ctx: Ctx, grad: Tensor) {
    return grad.mul(ctx.saved_tensors[0]!)
  }
}

/** Takes values that are no tensors. */
class Softplus extends Function {
  static forward(ctx: Ctx, x: Tensor, beta: number, threshold: number): Tensor {
    ctx.save_for_backward(x)
    Object.assign(ctx, { beta, threshold })
    const scaled = x.mul(beta)
    return torch.where(scaled.gt(threshold), x, scaled.exp().log1p().div(beta))
  }
  static backward(ctx: Ctx, grad: Tensor) {
    const scaled = ctx.saved_tensors[0]!.mul(ctx.beta as number)
    return [torch.where(scaled.gt(ctx.threshold as number), grad, grad.mul(scaled.sigmoid())), null, null]
  }
}

/** Several inputs, one of which may be missing. */
class Linear extends Function {
  static forward(ctx: Ctx, x: Tensor, weight: Tensor, bias: Maybe): Tensor {
    ctx.save_for_backward(x, weight)
    const y = x.matmul(weight.mT)
    return bias === null ? y : y.add(bias)
  }
  static backward(ctx: Ctx, grad: Tensor) {
    const [x, weight] = ctx.saved_tensors as [Tensor, Tensor]
    const [needsX, needsWeight, needsBias] = ctx.needs_input_grad
    return [needsX ? grad.matmul(weight) : null, needsWeight ? grad.mT.matmul(x) : null, needsBias ? grad.sum(0) : null]
  }
}

/** Several outputs. */
class Polar extends Function {
  static forward(ctx: Ctx, radius: Tensor, angle: Tensor): [Tensor, Tensor] {
    ctx.save_for_backward(radius, angle)
    return [radius.mul(angle.cos()), radius.mul(angle.sin())]
  }
  static backward(ctx: Ctx, x: Tensor, y: Tensor) {
    const [radius, angle] = ctx.saved_tensors as [Tensor, Tensor]
    const [sin, cos] = [angle.sin(), angle.cos()]
    return [x.mul(cos).add(y.mul(sin)), radius.mul(y.mul(cos).sub(x.mul(sin)))]
  }
}

/** Changes its input in place. */
class Leaky extends Function {
  static forward(ctx: Ctx, x: Tensor, slope: number): Tensor {
    const factor = torch.where(x.gt(0), 1, slope).to(x.dtype)
    ctx.save_for_backward(factor)
    ctx.mark_dirty(x)
    return x.mul_(factor)
  }
  static backward(ctx: Ctx, grad: Tensor) {
    return [grad.mul(ctx.saved_tensors[0]!), null]
  }
}

/** An output without gradient. */
class Sort extends Function {
  static forward(ctx: Ctx, x: Tensor): [Tensor, Tensor] {
    const [values, order] = x.sort(-1)
    ctx.save_for_backward(order)
    ctx.mark_non_differentiable(order)
    return [values, order]
  }
  static backward(ctx: Ctx, grad: Tensor) {
    return torch.zeros_like(grad).scatter(-1, ctx.saved_tensors[0]!, grad)
  }
}

/** Gets null for outputs that nothing depends on. */
class Halves extends Function {
  static forward(ctx: Ctx, x: Tensor): [Tensor, Tensor] {
    ctx.set_materialize_grads(false)
    ctx.save_for_backward(x)
    return [x.sin(), x.pow(2)]
  }
  static backward(ctx: Ctx, sine: Maybe, square: Maybe) {
    const x = ctx.saved_tensors[0]!
    const parts = [sine?.mul(x.cos()), square?.mul(x).mul(2)].filter(part => part !== undefined)
    return parts.length === 0 ? null : parts.reduce((sum, part) => sum.add(part))
  }
}

/** Can't be differentiated twice, and says so. */
class Once extends Function {
  static forward(ctx: Ctx, x: Tensor): Tensor {
    ctx.save_for_backward(x)
    return x.tanh()
  }
  static backward = once_differentiable((ctx: Ctx, grad: Tensor) =>
    grad.mul(ctx.saved_tensors[0]!.tanh().pow(2).neg().add(1)),
  )
}

/** Forward mode, too. */
class Power extends Function {
  static forward(ctx: Ctx, x: Tensor, exponent: number): Tensor {
    ctx.save_for_backward(x)
    ctx.save_for_forward(x)
    ctx.exponent = exponent
    return x.pow(exponent)
  }
  static #slope(ctx: Ctx): Tensor {
    const exponent = ctx.exponent as number
    return ctx.saved_tensors[0]!.pow(exponent - 1).mul(exponent)
  }
  static backward(ctx: Ctx, grad: Tensor) {
    return [grad.mul(Power.#slope(ctx)), null]
  }
  static jvp(ctx: Ctx, tangent: Tensor) {
    return tangent.mul(Power.#slope(ctx))
  }
}

/** A forward without ctx. */
class Norm extends Function {
  static forward(x: Tensor, weight: Tensor, eps: number): [Tensor, Tensor] {
    const centered = x.sub(x.mean(-1, { keepdim: true }))
    const scale = centered.pow(2).mean(-1, { keepdim: true }).add(eps).rsqrt()
    return [centered.mul(scale).mul(weight), scale]
  }
  static setup_context(ctx: Ctx, [x, weight]: [Tensor, Tensor, number], [, scale]: [Tensor, Tensor]): void {
    ctx.save_for_backward(x, weight, scale)
  }
  static backward(ctx: Ctx, grad: Tensor, scaleGrad: Tensor) {
    const [x, weight, scale] = ctx.saved_tensors as [Tensor, Tensor, Tensor]
    const mean = (t: Tensor) => t.mean(-1, { keepdim: true })
    const centered = x.sub(mean(x))
    const normal = centered.mul(scale)
    const inner = grad.mul(weight)
    const dx = scale.mul(inner.sub(mean(inner)).sub(normal.mul(mean(inner.mul(normal)))))
    const throughScale = scaleGrad.mul(scale.pow(3)).mul(centered).div(x.shape.at(-1)!)
    return [dx.sub(throughScale), grad.mul(normal).sum(0), null]
  }
}

/** The backward of Cube, which has a backward of its own. */
class CubeBackward extends Function {
  static forward(ctx: Ctx, x: Tensor, grad: Tensor): Tensor {
    ctx.save_for_backward(x, grad)
    return grad.mul(x).mul(x).mul(3)
  }
  static backward(ctx: Ctx, second: Tensor) {
    const [x, grad] = ctx.saved_tensors as [Tensor, Tensor]
    return [second.mul(grad).mul(x).mul(6), second.mul(x).mul(x).mul(3)]
  }
}

class Cube extends Function {
  static forward(ctx: Ctx, x: Tensor): Tensor {
    ctx.save_for_backward(x)
    return x.mul(x).mul(x)
  }
  static backward(ctx: Ctx, grad: Tensor) {
    return CubeBackward.apply(ctx.saved_tensors[0]!, grad)
  }
}

/** Complex inputs: the gradients are conjugate. */
class Correlate extends Function {
  static forward(ctx: Ctx, z: Tensor, w: Tensor): Tensor {
    ctx.save_for_backward(z, w)
    ctx.save_for_forward(z, w)
    return z.mul(w.conj())
  }
  static backward(ctx: Ctx, grad: Tensor) {
    const [z, w] = ctx.saved_tensors as [Tensor, Tensor]
    return [grad.mul(w), grad.conj().mul(z)]
  }
  static jvp(ctx: Ctx, dz: Tensor, dw: Tensor) {
    const [z, w] = ctx.saved_tensors as [Tensor, Tensor]
    return dz.mul(w.conj()).add(z.mul(dw.conj()))
  }
}

export interface CustomCase {
  name: string
  shapes: number[][]
  complex?: boolean
  /** Whether it has a forward mode. */
  forward?: boolean
  /** Whether it refuses to be differentiated twice. */
  once?: boolean
  run: (...inputs: Tensor[]) => Tensor | Tensor[]
}

export const customCases: CustomCase[] = [
  { name: 'Exp', shapes: [[3]], run: x => Exp.apply(x!) },
  { name: 'Softplus', shapes: [[2, 3]], run: x => Softplus.apply(x!, 1.5, 2) },
  { name: 'Linear', shapes: [[2, 3], [4, 3], [4]], run: (x, w, b) => Linear.apply(x!, w!, b!) },
  {
    name: 'Linear without bias',
    shapes: [
      [2, 3],
      [4, 3],
    ],
    run: (x, w) => Linear.apply(x!, w!, null),
  },
  {
    name: 'Linear of a constant',
    shapes: [[4, 3], [4]],
    run: (w, b) => Linear.apply(torch.ones([2, 3], { dtype: torch.float64 }), w!, b!),
  },
  {
    name: 'Polar',
    shapes: [
      [2, 2],
      [2, 2],
    ],
    run: (radius, angle) => Polar.apply(radius!, angle!),
  },
  { name: 'Leaky', shapes: [[2, 3]], run: x => Leaky.apply(x!.mul(2), 0.1) },
  { name: 'Sort', shapes: [[2, 4]], run: x => Sort.apply(x!) },
  { name: 'Halves', shapes: [[3]], run: x => Halves.apply(x!) },
  { name: 'Halves, one used', shapes: [[3]], run: x => Halves.apply(x!)[1] },
  { name: 'Once', shapes: [[3]], once: true, run: x => Once.apply(x!) },
  { name: 'Power', shapes: [[3]], forward: true, run: x => Power.apply(x!, 3) },
  { name: 'Norm', shapes: [[2, 4], [4]], run: (x, w) => Norm.apply(x!, w!, 1e-3) },
  { name: 'Cube', shapes: [[3]], run: x => Cube.apply(x!) },
  { name: 'Correlate', shapes: [[3], [3]], complex: true, forward: true, run: (z, w) => Correlate.apply(z!, w!) },
]
