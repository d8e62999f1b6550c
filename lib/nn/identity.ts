import type { Tensor } from '../tensor.js'
import { Module } from './module.js'

/**
 * Gives its input back. Takes any arguments, so that it can stand in for any layer.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Identity.html
 */
export class Identity extends Module {
  constructor(..._args: unknown[]) {
    super()
  }

  forward(input: Tensor): Tensor {
    return input
  }
}
