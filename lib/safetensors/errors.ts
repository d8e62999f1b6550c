import { TorchError } from '../_C/errors.js'

/** A file that is no safetensors file, or a damaged one. The Python package's exception of that name. */
export class SafetensorError extends TorchError {
  override name = 'SafetensorError'

  constructor(message: string) {
    super(message, 'ERR_TORCH_SAFETENSORS')
  }
}
