import { type Args, signature } from '../../_C/args.js'
import { checkNumber } from '../../_C/checks.js'
import { runtimeError } from '../../_C/raise.js'
import type { Tensor } from '../../tensor.js'
import type { FactoryOptions } from '../_parameters.js'
import { repr, reprFloat } from '../_print.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { Linear } from '../linear.js'
import { _WeightedLoss } from './_loss.js'
import { type LinearCrossEntropyFields, LinearCrossEntropyOptions } from './linear_cross_entropy_options.js'

export interface LinearCrossEntropyLossOptions extends FactoryOptions {
  in_features: number
  num_classes: number
  /** Further dimensions of the scores after the classes. */
  out_features: readonly number[]
  bias: boolean
  reduction: Reduction
  /** (C): the weight of each class. */
  weight: Tensor | null
  /** A class whose targets count for nothing. */
  ignore_index: number | null
  label_smoothing: number
  /** Makes the scores in chunks of the batch. */
  options: LinearCrossEntropyOptions | LinearCrossEntropyFields | null
}

const lossOptions = signature<LinearCrossEntropyLossOptions>(
  'LinearCrossEntropyLoss',
  'in_features',
  'num_classes',
  '*',
  ['out_features', []],
  ['bias', false],
  ['device', null],
  ['dtype', null],
  ['reduction', 'mean'],
  ['weight', null],
  ['ignore_index', null],
  ['label_smoothing', 0],
  ['options', null],
)

/**
 * `CrossEntropyLoss` of a `Linear` layer, which may do without the scores as a whole. Input (N, in_features) or (in_features);
 * target class numbers (N, *) or (), or probabilities (N, C, *).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LinearCrossEntropyLoss.html
 */
export class LinearCrossEntropyLoss extends _WeightedLoss {
  num_classes: number
  out_features: number[]
  ignore_index: number | null
  label_smoothing: number
  linear: Linear
  options: LinearCrossEntropyOptions | null

  constructor(...args: Args<[in_features: number, num_classes: number], [], LinearCrossEntropyLossOptions>) {
    const given = lossOptions(args)
    const { in_features, num_classes, bias, device, dtype, weight, label_smoothing } = given
    if (weight !== null && (weight.dim() !== 1 || weight.shape[0] !== num_classes))
      throw runtimeError(`expected weight shape to be ${repr([num_classes])}, got ${repr(weight.shape)}`)
    checkNumber('LinearCrossEntropyLoss', 'label_smoothing', label_smoothing)
    if (label_smoothing < 0 || label_smoothing > 1)
      throw runtimeError(`expected label_smoothing to be in range [0, 1], got ${label_smoothing}`)
    super(given)
    this.num_classes = num_classes
    this.out_features = [...given.out_features]
    this.ignore_index = given.ignore_index
    this.label_smoothing = label_smoothing
    const rows = this.out_features.reduce((product, n) => product * n, num_classes)
    this.linear = new Linear(in_features, rows, { bias, device, dtype })
    const { options } = given
    this.options =
      options === null || options instanceof LinearCrossEntropyOptions
        ? options
        : new LinearCrossEntropyOptions(options)
  }

  forward(input: Tensor, target: Tensor): Tensor {
    const { linear, num_classes, out_features, weight, reduction, ignore_index, label_smoothing, options } = this
    const shape = [num_classes, ...out_features]
    return F.linear_cross_entropy(input, linear.weight.reshape([...shape, linear.in_features]), target, {
      linear_bias: linear.bias?.reshape(shape) ?? null,
      weight,
      reduction,
      ignore_index,
      label_smoothing,
      options,
    })
  }

  override extra_repr(): string {
    const { linear, num_classes, out_features, reduction, ignore_index, label_smoothing } = this
    return (
      `in_features=${linear.in_features}, num_classes=${num_classes}, out_features=${repr(out_features)}, ` +
      `bias=${repr(linear.bias !== null)}, reduction=${reduction}, ignore_index=${repr(ignore_index)}, ` +
      `label_smoothing=${reprFloat(label_smoothing)}, options=${repr(this.options)}`
    )
  }
}
