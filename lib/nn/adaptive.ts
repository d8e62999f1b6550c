import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { runtimeError, valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import { sizeText } from '../size.js'
import type { Tensor } from '../tensor.js'
import type { FactoryOptions } from './_parameters.js'
import { Linear } from './linear.js'
import { type Forward, Module } from './module.js'
import { ModuleList } from './module_list.js'
import { Sequential } from './sequential.js'

export interface AdaptiveLogSoftmaxWithLossOptions extends FactoryOptions {
  in_features: number
  n_classes: number
  /** Where the clusters of rarer classes begin, ascending. */
  cutoffs: readonly number[]
  /** What the projection of each further cluster is divided by. */
  div_value: number
  head_bias: boolean
}

const adaptiveOptions = signature<AdaptiveLogSoftmaxWithLossOptions>(
  'AdaptiveLogSoftmaxWithLoss',
  'in_features',
  'n_classes',
  'cutoffs',
  ['div_value', 4],
  ['head_bias', false],
  ['device', null],
  ['dtype', null],
)

/** The log-probability of each target (N), and the mean loss; also an array of the two. */
export type ASMoutput = [output: Tensor, loss: Tensor] & { output: Tensor; loss: Tensor }

function checkCutoffs(cutoffs: readonly number[], classes: number): void {
  if (cutoffs.length === 0) throw valueError('cutoffs should be a sequence of length larger than 0')
  const good = cutoffs.every(
    (c, i) => Number.isInteger(c) && c > 0 && c <= classes - 1 && (i === 0 || c > cutoffs[i - 1]!),
  )
  if (!good)
    throw valueError(
      'cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is ' +
        'between 1 and n_classes-1',
    )
}

/**
 * The softmax loss over very many classes: frequent ones have scores of their own, rarer ones share a cluster's score and come
 * out of a smaller layer. Input (N, in_features) or (in_features), target (N) or (); classes are numbered by falling frequency.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html
 */
export class AdaptiveLogSoftmaxWithLoss extends Module<Forward> {
  in_features: number
  n_classes: number
  cutoffs: number[]
  div_value: number
  head_bias: boolean
  /** How many classes have a score of their own in the head. */
  shortlist_size: number
  n_clusters: number
  head_size: number
  head: Linear
  tail: ModuleList<Sequential>

  constructor(
    ...args: Args<
      [in_features: number, n_classes: number, cutoffs: readonly number[]],
      [div_value: number, head_bias: boolean, device: DeviceLike | null, dtype: dtype | null],
      AdaptiveLogSoftmaxWithLossOptions
    >
  ) {
    super()
    const options = adaptiveOptions(args)
    const { in_features, n_classes, device, dtype } = options
    checkCutoffs(options.cutoffs, n_classes)
    const factory = { device, dtype }
    this.in_features = in_features
    this.n_classes = n_classes
    this.cutoffs = [...options.cutoffs, n_classes]
    this.div_value = options.div_value
    this.head_bias = options.head_bias
    this.shortlist_size = this.cutoffs[0]!
    this.n_clusters = this.cutoffs.length - 1
    this.head_size = this.shortlist_size + this.n_clusters
    this.head = new Linear(in_features, this.head_size, { bias: this.head_bias, ...factory })
    this.tail = new ModuleList()
    for (let i = 0; i < this.n_clusters; i++) {
      const hidden = Math.floor(in_features / this.div_value ** (i + 1))
      const out = this.cutoffs[i + 1]! - this.cutoffs[i]!
      const projection = new Linear(in_features, hidden, { bias: false, ...factory })
      this.tail.append(new Sequential(projection, new Linear(hidden, out, { bias: false, ...factory })))
    }
  }

  /** Draws every layer anew. */
  reset_parameters(): void {
    this.head.reset_parameters()
    for (const projection of this.tail) for (const layer of projection) (layer as unknown as Linear).reset_parameters()
  }

  forward(input_: Tensor, target_: Tensor): ASMoutput {
    const dims = target_.dim()
    if (dims > 1) throw runtimeError('0D or 1D target tensor expected, multi-target not supported')
    if (dims === 1 && input_.shape[0] !== target_.shape[0])
      throw runtimeError('Input and target should have the same size in the batch dimension.')
    if (input_.dim() !== dims + 1)
      throw runtimeError(
        `${dims}D target tensor expects ${dims + 1}D input tensors, but found inputs with size ${sizeText(input_.shape)}`,
      )
    const input = dims === 1 ? input_ : input_.unsqueeze(0)
    const target = dims === 1 ? target_ : target_.unsqueeze(0)
    const batch = target.shape[0]!
    const output = input.new_zeros([batch])
    const columns = target.new_empty([batch])
    let used = 0
    let low = 0
    for (const [i, high] of this.cutoffs.entries()) {
      const rows = target.ge(low).logical_and(target.lt(high)).nonzero().squeeze(1)
      if (rows.numel() > 0) {
        const wanted = target.index_select(0, rows)
        if (i === 0) columns.index_copy_(0, rows, wanted)
        else {
          const scores = this.tail.at(i - 1)(input.index_select(0, rows)) as Tensor
          const logprob = (call(ops.log_softmax, scores, 1) as Tensor).gather(1, wanted.sub(low).unsqueeze(1))
          columns.index_fill_(0, rows, this.shortlist_size + i - 1)
          output.index_copy_(0, rows, logprob.squeeze(1))
        }
        used += rows.numel()
      }
      low = high
    }
    if (used !== batch)
      throw runtimeError(
        `Target values should be in [0, ${this.n_classes - 1}], but values in range ` +
          `[${String(target.min().item())}, ${String(target.max().item())}] were found. `,
      )
    const head = call(ops.log_softmax, this.head(input), 1) as Tensor
    const all = output.add_(head.gather(1, columns.unsqueeze(1)).squeeze(1))
    const loss = all.neg().mean()
    const one = dims === 1 ? all : all.squeeze(0)
    return Object.assign([one, loss] as [Tensor, Tensor], { output: one, loss })
  }

  private _get_full_log_prob(input: Tensor, head: Tensor): Tensor {
    const logprob = call(ops.log_softmax, head, 1) as Tensor
    const parts = [logprob.narrow(1, 0, this.shortlist_size)]
    for (const [i, projection] of [...this.tail].entries()) {
      const cluster = call(ops.log_softmax, projection(input), 1) as Tensor
      parts.push(cluster.add(logprob.select(1, this.shortlist_size + i).unsqueeze(1)))
    }
    return call(ops.cat, parts, 1) as Tensor
  }

  /** The log-probabilities of all classes, (N, n_classes), for an input (N, in_features). */
  log_prob(input: Tensor): Tensor {
    return this._get_full_log_prob(input, this.head(input))
  }

  /** The most probable class of each row, (N); quicker than `log_prob(input).argmax(1)`. */
  predict(input: Tensor): Tensor {
    const head = this.head(input)
    const output = head.argmax(1)
    const rows = output.ge(this.shortlist_size).nonzero().squeeze(1)
    if (rows.numel() === 0) return output
    const logprob = this._get_full_log_prob(input.index_select(0, rows), head.index_select(0, rows))
    return output.index_copy(0, rows, logprob.argmax(1))
  }
}
