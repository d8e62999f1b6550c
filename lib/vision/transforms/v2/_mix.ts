import { type Args, signature, typeName } from '../../../_C/args.js'
import { callByName } from '../../../_C/call.js'
import { ValueError } from '../../../_C/errors.js'
import { full } from '../../../_factories.js'
import { one_hot } from '../../../nn/functional/index.js'
import { Tensor } from '../../../tensor.js'
import { Image as Picture } from '../../image.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { float } from './_text.js'
import { type Params, Transform } from './_transform.js'
import { flatten } from './_tree.js'
import { check_type, has_any, type LabelsGetter, parseLabelsGetter } from './_utils.js'
import { is_pure_tensor, plain } from './functional/_utils.js'

export interface MixOptions {
  /** Of the Beta distribution of the share. Default 1. */
  alpha: number
  /** Of the labels; null where they are probabilities already. */
  num_classes: number | null
  /** Finds the labels in a sample; by default the second of a pair, or what has a name like labels. */
  labels_getter: 'default' | LabelsGetter
}

export type MixArgs = Args<[], [], MixOptions>

const parameters = signature<MixOptions>(
  'MixUp',
  '*',
  ['alpha', 1],
  ['num_classes', null],
  ['labels_getter', 'default'],
)

/** What is known of every batch, besides what is drawn. */
export interface BatchParams {
  labels: Tensor
  batchSize: number
}

/** The base of `MixUp` and `CutMix`: batches of images (N, C, H, W) or videos with their labels (N) or (N, classes). */
export abstract class Mix<P extends Params> extends Transform<P & BatchParams> {
  static override readonly _texts = { alpha: float }

  readonly alpha: number
  readonly num_classes: number | null
  private readonly _labels_getter: 'default' | LabelsGetter | null

  constructor(...args: MixArgs) {
    super()
    const { alpha, num_classes, labels_getter } = parameters(args)
    if (!(alpha > 0)) throw new ValueError(`alpha should be a number above 0, got ${String(alpha)}`)
    this.alpha = alpha
    this.num_classes = num_classes
    parseLabelsGetter(labels_getter)
    this._labels_getter = labels_getter
  }

  /** What is drawn for the batch. */
  protected abstract draw(flat_inputs: readonly unknown[]): P

  /** The batch mixed with itself, moved on by one. */
  protected abstract mixed(batch: Tensor, params: P): Tensor

  /** How much of a label is its own. */
  protected abstract shareOf(params: P): number

  /** A number of the Beta distribution. */
  protected drawShare(): number {
    const concentration = full([1, 2], this.alpha)
    return (callByName('aten::_sample_dirichlet', null, concentration) as Tensor).select(-1, 0).item() as number
  }

  override forward(...samples: unknown[]): unknown {
    const inputs: unknown = samples.length > 1 ? samples : samples[0]
    const [flat, unflatten] = flatten(inputs)
    const needs = this._needs_transform_list(flat)
    if (has_any(flat, Picture, tv_tensors.BoundingBoxes, tv_tensors.Mask, tv_tensors.KeyPoints))
      throw new ValueError(`${this._get_name()}() does not support PIL images, bounding boxes, keypoints and masks.`)
    const labels = this._checkedLabels(parseLabelsGetter(this._labels_getter)(inputs))
    const drawn = this.draw(flat.filter((_, i) => needs[i]))
    const params = { ...drawn, labels, batchSize: labels.size(0) }
    needs[flat.indexOf(labels)] = true
    return unflatten(flat.map((inpt, i) => (needs[i] ? this.transform(inpt, params) : inpt)))
  }

  override transform(inpt: unknown, params: P & BatchParams): unknown {
    if (inpt === params.labels) return this._mixedLabels(params.labels, this.shareOf(params))
    if (!check_type(inpt, [is_pure_tensor, tv_tensors.Image, tv_tensors.Video])) return inpt
    const batch = inpt as Tensor
    const dims = batch instanceof tv_tensors.Video ? 5 : 4
    if (batch.dim() !== dims)
      throw new ValueError(`Expected a batched input with ${dims} dims, but got ${batch.dim()} dimensions instead.`)
    if (batch.size(0) !== params.batchSize)
      throw new ValueError(
        'The batch size of the image or video does not match the batch size of the labels: ' +
          `${batch.size(0)} != ${params.batchSize}.`,
      )
    return tv_tensors.wrap(this.mixed(plain(batch), params), { like: batch })
  }

  private _checkedLabels(labels: unknown): Tensor {
    if (!(labels instanceof Tensor))
      throw new ValueError(`The labels must be a tensor, but got ${typeName(labels)} instead.`)
    const dims = labels.dim()
    if (dims !== 1 && dims !== 2)
      throw new ValueError(
        'labels should be index based with shape (batch_size,) or probability based with shape ' +
          `(batch_size, num_classes), but got a tensor of shape [${labels.shape.join(', ')}] instead.`,
      )
    if (dims === 2 && this.num_classes !== null && labels.size(-1) !== this.num_classes)
      throw new ValueError(
        'When passing 2D labels, the number of elements in last dimension must match num_classes: ' +
          `${labels.size(-1)} != ${this.num_classes}. You can Leave num_classes to None.`,
      )
    if (dims === 1 && this.num_classes === null)
      throw new ValueError('num_classes must be passed if the labels are index-based (1D)')
    return labels
  }

  private _mixedLabels(labels: Tensor, share: number): Tensor {
    const perClass = labels.dim() === 1 ? one_hot(labels, this.num_classes!) : labels
    const x = perClass.is_floating_point() ? perClass : perClass.float()
    return x
      .roll(1, 0)
      .mul_(1 - share)
      .add_(x.mul(share))
  }
}
