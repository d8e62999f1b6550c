/** What LibTorch refuses, as a JavaScript error. The addon makes every one through `makeError`. */
export class TorchError extends Error {
  override name = 'TorchError'
  /** Machine-readable kind, such as `ERR_TORCH_RUNTIME`. */
  readonly code: string
  /** The operator that threw, such as `aten::mm`, or null outside operators. */
  readonly operator: string | null
  /** The arguments that it was called with, such as `Tensor[2, 3] float32, 1`, or null. */
  readonly shapes: string | null

  constructor(
    message: string,
    code = 'ERR_TORCH_RUNTIME',
    operator: string | null = null,
    shapes: string | null = null,
  ) {
    super(message)
    this.code = code
    this.operator = operator
    this.shapes = shapes
  }
}

/** Python's `IndexError`. */
export class IndexError extends TorchError {
  override name = 'IndexError'
}
/** Python's `ValueError`. */
export class ValueError extends TorchError {
  override name = 'ValueError'
}
/** Python's `NotImplementedError`. */
export class NotImplementedError extends TorchError {
  override name = 'NotImplementedError'
}
/** `torch.OutOfMemoryError`: a device or the host has no room for the result. */
export class OutOfMemoryError extends TorchError {
  override name = 'OutOfMemoryError'
}
/** `torch.AcceleratorError`: a GPU or another accelerator failed, such as by an index out of bounds in a CUDA kernel. */
export class AcceleratorError extends TorchError {
  override name = 'AcceleratorError'
}
/** `torch.linalg.LinAlgError`: the algorithm did not converge, or the matrix is singular. */
export class LinAlgError extends TorchError {
  override name = 'LinAlgError'
}

/**
 * `torch.jit.Error`, which is `torch.JITException`: a script raised an exception. The message has the stack of TorchScript and
 * ends in the script's own words.
 */
export class JITException extends TorchError {
  override name = 'JITException'
  /** The class that was raised, such as `builtins.ValueError`, or null where a file does not tell. */
  readonly pythonClassName: string | null

  constructor(message: string, pythonClassName: string | null = null) {
    super(message, 'ERR_TORCH_SCRIPT')
    this.pythonClassName = pythonClassName
  }
}

type TorchErrorClass = new (message: string, code: string, operator: string | null, shapes: string | null) => TorchError

const classes: Record<string, TorchErrorClass> = {
  ERR_TORCH_INDEX: IndexError,
  ERR_TORCH_VALUE: ValueError,
  ERR_TORCH_NOT_IMPLEMENTED: NotImplementedError,
  ERR_TORCH_OUT_OF_MEMORY: OutOfMemoryError,
  ERR_TORCH_ACCELERATOR: AcceleratorError,
  ERR_TORCH_LINALG: LinAlgError,
}

/** LibTorch's own names of kinds of tensors: `CPUFloatType`, `SparseCUDALongType`. */
const KIND = /\b(Sparse)?(CPU|CUDA)(Byte|Char|Double|Float|Half|Int|Long|Short)Type\b/g

/** A message with the kinds of tensors named as users know them, as Python does it: `torch.FloatTensor`. */
function inUsersWords(message: string): string {
  return message.replace(
    KIND,
    (_, sparse, device, kind) => `torch.${device === 'CUDA' ? 'cuda.' : ''}${sparse ? 'sparse.' : ''}${kind}Tensor`,
  )
}

/** The one factory of errors; the addon calls it. */
export function makeError(
  code: string,
  text: string,
  operator: string | null,
  shapes: string | null,
  raised: string | null = null,
): Error {
  // Some operators quote an error, backtrace and all.
  const message = inUsersWords(text.split('\nException raised from ')[0]!)
  if (code === 'ERR_TORCH_TYPE') return new TypeError(message)
  if (code === 'ERR_TORCH_SCRIPT') return new JITException(message, raised)
  return new (classes[code] ?? TorchError)(message, code, operator, shapes)
}
