import type { Tensor } from '../tensor.js'
import { repr } from './_print.js'
import { type Ints, ntuple } from './_utils.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

/** The base of the paddings: what is added before and after each dimension, the last one first. @internal */
export abstract class _PadNd extends Module {
  padding: number[]
  protected readonly _mode: 'reflect' | 'replicate' | 'circular'

  constructor(padding: Ints, dims: number, mode: 'reflect' | 'replicate' | 'circular') {
    super()
    this.padding = ntuple(padding, 2 * dims, 'padding')
    this._mode = mode
  }

  forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, this._mode)
  }

  override extra_repr(): string {
    return repr(this.padding)
  }
}
