import { inspect } from 'node:util'
import { native, TagKind } from './_C/native.js'

/** How a quantized tensor's numbers are to be read. https://docs.pytorch.org/docs/stable/quantization.html */
export class qscheme {
  readonly name: string

  /** @internal */
  constructor(name: string, code: number) {
    this.name = name
    Object.defineProperty(this, native.kTag, { value: TagKind.qscheme * 65536 + code })
    Object.freeze(this)
  }

  toString(): string {
    return `torch.${this.name}`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

export const per_tensor_affine = new qscheme('per_tensor_affine', 0)
export const per_channel_affine = new qscheme('per_channel_affine', 1)
export const per_tensor_symmetric = new qscheme('per_tensor_symmetric', 2)
export const per_channel_symmetric = new qscheme('per_channel_symmetric', 3)
export const per_channel_affine_float_qparams = new qscheme('per_channel_affine_float_qparams', 4)

/** Every scheme at the place of its c10::QScheme. @internal */
export const qschemes: qscheme[] = [
  per_tensor_affine,
  per_channel_affine,
  per_tensor_symmetric,
  per_channel_symmetric,
  per_channel_affine_float_qparams,
]
