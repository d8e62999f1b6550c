import { type Args, signature } from '../_C/args.js'
import { valueError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { repr } from './_print.js'
import { type Ints, ntuple } from './_utils.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface PadOptions {
  /** A number for every side, or one each: left, right, top, bottom, front, back. */
  padding: Ints
}

type PadArgs = Args<[padding: Ints], [], PadOptions>
type Mode = 'reflect' | 'replicate' | 'circular'

/** The base of the paddings: what is added before and after each dimension, the last one first. @internal */
export abstract class _PadNd extends Module {
  padding: number[]
  protected readonly _mode: Mode

  constructor(padding: Ints, dims: number, mode: Mode) {
    super()
    this.padding = ntuple(padding, 2 * dims, 'padding')
    this._mode = mode
  }

  forward(input: Tensor): Tensor {
    if (this._mode === 'circular') {
      const [dims, plain] = [input.dim(), this.padding.length / 2 + 1]
      if (dims !== plain && dims !== plain + 1)
        throw valueError(`expected ${plain}D or ${plain + 1}D input (got ${dims}D input)`)
    }
    return F.pad(input, this.padding, this._mode)
  }

  override extra_repr(): string {
    return repr(this.padding)
  }
}

/** The class of the paddings of one mode over `dims` dimensions. */
export function padNd(name: string, dims: number, mode: Mode): new (...args: PadArgs) => _PadNd {
  const bind = signature<PadOptions>(name, 'padding')
  return class extends _PadNd {
    constructor(...args: PadArgs) {
      super(bind(args).padding, dims, mode)
    }
  }
}
