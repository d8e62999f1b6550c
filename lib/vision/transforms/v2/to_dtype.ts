import { type Args, signature, typeName } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import { warn } from '../../../_C/raise.js'
import { dtype as DType, type dtype } from '../../../dtype.js'
import { Tensor } from '../../../tensor.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { Transform } from './_transform.js'
import { check_type, type TypeOrCheck } from './_utils.js'
import { to_dtype } from './functional/_misc.js'
import { is_pure_tensor } from './functional/_utils.js'

/** Dtypes by class; `'others'` stands for all that have none of their own, null leaves as it is. */
export type DtypeByType = ReadonlyMap<unknown, dtype | null>

interface ToDtypeOptions {
  /** Of images and videos; or a Map such as `new Map([[tv_tensors.Mask, torch.int64], ['others', null]])`. */
  dtype: dtype | DtypeByType
  /** Spread an image's numbers over that of the other dtype. Default false. */
  scale: boolean
}

const parameters = signature<ToDtypeOptions>('ToDtype', 'dtype', ['scale', false])

const images: readonly TypeOrCheck[] = [is_pure_tensor, tv_tensors.Image, tv_tensors.Video]

/**
 * Images and videos in another dtype, or each kind of tensor in one of its own.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToDtype.html
 */
export class ToDtype extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [Tensor]

  readonly dtype: dtype | DtypeByType
  readonly scale: boolean

  constructor(...args: Args<[dtype: dtype | DtypeByType], [scale: boolean], ToDtypeOptions>) {
    super()
    const { dtype, scale } = parameters(args)
    if (!(dtype instanceof Map) && !(dtype instanceof DType))
      throw new ValueError(`dtype must be a Map or a torch.dtype, got ${typeName(dtype)} instead`)
    if (dtype instanceof Map && dtype.has(Tensor) && (dtype.has(tv_tensors.Image) || dtype.has(tv_tensors.Video)))
      warn(
        'Got `dtype` values for `torch.Tensor` and either `tv_tensors.Image` or `tv_tensors.Video`. ' +
          'Note that a plain `torch.Tensor` will *not* be transformed by this (or any other transformation) ' +
          'in case a `tv_tensors.Image` or `tv_tensors.Video` is present in the input.',
      )
    this.dtype = dtype
    this.scale = scale
  }

  override transform(inpt: unknown): unknown {
    const isImage = check_type(inpt, images)
    const wanted = this._dtypeOf(inpt as Tensor, isImage)
    if (wanted !== null) return this._call_kernel(to_dtype, inpt, wanted, this.scale)
    if (this.scale && isImage && this.dtype instanceof Map)
      warn('scale was set to True but no dtype was specified for images or videos: no scaling will be done.')
    return inpt
  }

  private _dtypeOf(inpt: Tensor, isImage: boolean): dtype | null {
    const { dtype } = this
    if (dtype instanceof DType) return isImage ? dtype : null
    const found = [inpt.constructor, 'others'].find(key => dtype.has(key))
    if (found !== undefined) return dtype.get(found)!
    throw new ValueError(
      `No dtype was specified for type ${typeName(inpt)}. ` +
        'If you only need to convert the dtype of images or videos, you can just pass e.g. dtype=torch.float32. ' +
        'If you are passing a Map as dtype, you can use "others" as a catch-all key.',
    )
  }
}
