import { TorchError } from '../_C/errors.js'

/** A file that holds what is not loaded, or is damaged. Python's `pickle.UnpicklingError`. */
export class UnpicklingError extends TorchError {
  override name = 'UnpicklingError'

  constructor(message: string) {
    super(message, 'ERR_TORCH_UNPICKLING')
  }
}

/** A pickle that goes on beyond the bytes that are there. @internal */
export class CutOffError extends UnpicklingError {
  constructor() {
    super('the pickle is cut off')
  }
}
