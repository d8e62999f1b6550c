/** Layers that pad their input. */
import { type Args, signature } from '../_C/args.js'
import { valueError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { _PadNd } from './_pad_nd.js'
import type { Ints } from './_utils.js'

export interface PadOptions {
  /** A number for every side, or one each: left, right, top, bottom, front, back. */
  padding: Ints
}

type PadArgs = Args<[padding: Ints], [], PadOptions>

function padSignature(name: string): (args: readonly unknown[]) => PadOptions {
  return signature<PadOptions>(name, 'padding')
}

const reflectionPad1dOptions = padSignature('ReflectionPad1d')

/**
 * Pads with the mirror image of the input, the edge itself not repeated. Input (N, C, L) or (C, L); `padding` is a
 * number or [left, right].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad1d.html
 */
export class ReflectionPad1d extends _PadNd {
  constructor(...args: PadArgs) {
    super(reflectionPad1dOptions(args).padding, 1, 'reflect')
  }
}

const reflectionPad2dOptions = padSignature('ReflectionPad2d')

/**
 * Pads with the mirror image of the input, the edge itself not repeated. Input (N, C, H, W) or (C, H, W); `padding`
 * is a number or [left, right, top, bottom].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad2d.html
 */
export class ReflectionPad2d extends _PadNd {
  constructor(...args: PadArgs) {
    super(reflectionPad2dOptions(args).padding, 2, 'reflect')
  }
}

const reflectionPad3dOptions = padSignature('ReflectionPad3d')

/**
 * Pads with the mirror image of the input, the edge itself not repeated. Input (N, C, D, H, W) or (C, D, H, W);
 * `padding` is a number or [left, right, top, bottom, front, back].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad3d.html
 */
export class ReflectionPad3d extends _PadNd {
  constructor(...args: PadArgs) {
    super(reflectionPad3dOptions(args).padding, 3, 'reflect')
  }
}

const replicationPad1dOptions = padSignature('ReplicationPad1d')

/**
 * Pads with the values of the edge. Input (N, C, L) or (C, L); `padding` is a number or [left, right].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad1d.html
 */
export class ReplicationPad1d extends _PadNd {
  constructor(...args: PadArgs) {
    super(replicationPad1dOptions(args).padding, 1, 'replicate')
  }
}

const replicationPad2dOptions = padSignature('ReplicationPad2d')

/**
 * Pads with the values of the edge. Input (N, C, H, W) or (C, H, W); `padding` is a number or [left, right, top,
 * bottom].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad2d.html
 */
export class ReplicationPad2d extends _PadNd {
  constructor(...args: PadArgs) {
    super(replicationPad2dOptions(args).padding, 2, 'replicate')
  }
}

const replicationPad3dOptions = padSignature('ReplicationPad3d')

/**
 * Pads with the values of the edge. Input (N, C, D, H, W) or (C, D, H, W); `padding` is a number or [left, right,
 * top, bottom, front, back].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad3d.html
 */
export class ReplicationPad3d extends _PadNd {
  constructor(...args: PadArgs) {
    super(replicationPad3dOptions(args).padding, 3, 'replicate')
  }
}

const circularPad1dOptions = padSignature('CircularPad1d')

/**
 * Pads with the values of the opposite edge. Input (N, C, L) or (C, L); `padding` is a number or [left, right].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad1d.html
 */
export class CircularPad1d extends _PadNd {
  constructor(...args: PadArgs) {
    super(circularPad1dOptions(args).padding, 1, 'circular')
  }

  override forward(input: Tensor): Tensor {
    const dims = input.dim()
    if (dims !== 2 && dims !== 3) throw valueError(`expected 2D or 3D input (got ${dims}D input)`)
    return super.forward(input)
  }
}

const circularPad2dOptions = padSignature('CircularPad2d')

/**
 * Pads with the values of the opposite edge. Input (N, C, H, W) or (C, H, W); `padding` is a number or [left, right,
 * top, bottom].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad2d.html
 */
export class CircularPad2d extends _PadNd {
  constructor(...args: PadArgs) {
    super(circularPad2dOptions(args).padding, 2, 'circular')
  }

  override forward(input: Tensor): Tensor {
    const dims = input.dim()
    if (dims !== 3 && dims !== 4) throw valueError(`expected 3D or 4D input (got ${dims}D input)`)
    return super.forward(input)
  }
}

const circularPad3dOptions = padSignature('CircularPad3d')

/**
 * Pads with the values of the opposite edge. Input (N, C, D, H, W) or (C, D, H, W); `padding` is a number or [left,
 * right, top, bottom, front, back].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad3d.html
 */
export class CircularPad3d extends _PadNd {
  constructor(...args: PadArgs) {
    super(circularPad3dOptions(args).padding, 3, 'circular')
  }

  override forward(input: Tensor): Tensor {
    const dims = input.dim()
    if (dims !== 4 && dims !== 5) throw valueError(`expected 4D or 5D input (got ${dims}D input)`)
    return super.forward(input)
  }
}
