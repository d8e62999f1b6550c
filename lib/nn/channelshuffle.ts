import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface ChannelShuffleOptions {
  groups: number
}

const channelShuffleOptions = signature<ChannelShuffleOptions>('ChannelShuffle', 'groups')

/**
 * Interleaves the channels of `groups` groups. Input and output (N, C, *).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html
 */
export class ChannelShuffle extends Module {
  groups: number

  constructor(...args: Args<[groups: number], [], ChannelShuffleOptions>) {
    super()
    const options = channelShuffleOptions(args)
    this.groups = options.groups
  }

  forward(input: Tensor): Tensor {
    return F.channel_shuffle(input, this.groups)
  }

  override extra_repr(): string {
    return `groups=${this.groups}`
  }
}
