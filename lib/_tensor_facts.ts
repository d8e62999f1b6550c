import { call } from './_C/call.js'
import { IndexError, TorchError } from './_C/errors.js'
import { native } from './_C/native.js'
import { readSizes, sizesOf, stridesOf } from './_C/sizes.js'
import * as ops from './_generated/ops.js'
import { TensorBase } from './_generated/tensor.js'
import { type device, makeDevice } from './device.js'
import { type dtype, dtypes } from './dtype.js'
import { type layout, layouts } from './layout.js'
import { contiguous_format, type memory_format } from './memory_format.js'
import { qscheme, qschemes } from './qscheme.js'
import { Size } from './size.js'
import { UntypedStorage } from './storage.js'
import type { Tensor } from './tensor.js'

const self = (t: TensorFacts): Tensor => t as unknown as Tensor

function checkedDim(dim: number, rank: number): number {
  const bound = Math.max(rank, 1)
  if (!Number.isInteger(dim)) throw new TypeError(`dim must be a whole number, got ${String(dim)}`)
  if (dim < -bound || dim >= bound || rank === 0) {
    throw new IndexError(
      rank === 0
        ? `Dimension specified as ${dim} but tensor has no dimensions`
        : `Dimension out of range (expected to be in range of [${-bound}, ${bound - 1}], but got ${dim})`,
      'ERR_TORCH_INDEX',
    )
  }
  return dim < 0 ? dim + rank : dim
}

/** The plain facts of a tensor, read without the dispatcher. */
export class TensorFacts extends TensorBase {
  /** Prints as `torch.Size([2, 3])`. https://docs.pytorch.org/docs/stable/generated/torch.Tensor.size.html */
  get shape(): number[] {
    return readSizes(self(this), new Size())
  }

  get dtype(): dtype {
    return dtypes[native.scalarType(self(this))]!
  }

  get device(): device {
    const type = native.deviceType(self(this))
    // Python too shows no index for the CPU and meta.
    const index = native.deviceIndex(self(this))
    return makeDevice(type, index < 0 ? null : index)
  }

  get layout(): layout {
    return layouts[native.layout(self(this))]!
  }

  /** How many dimensions. */
  get ndim(): number {
    return native.dim(self(this))
  }

  /** Bytes an element. */
  get itemsize(): number {
    return this.dtype.itemsize
  }

  /** Bytes of all elements; of a sparse tensor an error. */
  get nbytes(): number {
    if (this.is_sparse)
      throw new TorchError(
        'nbytes is not defined for sparse tensors.  If you want the size of the constituent tensors, add the nbytes of the indices and values.  If you want the size of the  equivalent dense tensor, multiply numel() by element_size()',
      )
    return this.numel() * this.dtype.itemsize
  }

  get is_cpu(): boolean {
    return native.deviceType(self(this)) === 0
  }

  get is_cuda(): boolean {
    return native.deviceType(self(this)) === 1
  }

  get is_meta(): boolean {
    return native.deviceType(self(this)) === 14
  }

  get is_ipu(): boolean {
    return native.deviceType(self(this)) === 18
  }

  get is_xpu(): boolean {
    return native.deviceType(self(this)) === 12
  }

  get is_mps(): boolean {
    return native.deviceType(self(this)) === 13
  }

  get is_mtia(): boolean {
    return native.deviceType(self(this)) === 19
  }

  get is_maia(): boolean {
    return native.deviceType(self(this)) === 8
  }

  get is_vulkan(): boolean {
    return native.deviceType(self(this)) === 10
  }

  get is_xla(): boolean {
    return native.deviceType(self(this)) === 9
  }

  /** True for the COO layout. */
  get is_sparse(): boolean {
    return this.layout.name === 'sparse_coo'
  }

  get is_sparse_csr(): boolean {
    return this.layout.name === 'sparse_csr'
  }

  get is_mkldnn(): boolean {
    return this.layout.name === '_mkldnn'
  }

  get is_quantized(): boolean {
    return /^qu?int/.test(this.dtype.name)
  }

  /** True for a tensor of tensors of several sizes: see `torch.nested`. */
  get is_nested(): boolean {
    return native.isNested(self(this))
  }

  /** Counts changes in place; the autograd engine compares it. */
  get _version(): number {
    return native.version(self(this))
  }

  /** The shape, or the length of one dimension. */
  size(): number[]
  size(dim: number): number
  size(dim: number | { dim: number }): number
  size(dim?: number | { dim: number }): number | number[] {
    if (dim === undefined) return this.shape
    if (native.isNested(self(this))) return call(ops.size, this, dim) as number
    const sizes = sizesOf(self(this))
    return sizes[checkedDim(typeof dim === 'object' ? dim.dim : dim, sizes.length)]!
  }

  /** Elements to step over for the next one, in each dimension or in one. */
  stride(): number[]
  stride(dim: number): number
  stride(dim: number | { dim: number }): number
  stride(dim?: number | { dim: number }): number | number[] {
    const strides = stridesOf(self(this))
    if (dim === undefined) return strides
    return strides[checkedDim(typeof dim === 'object' ? dim.dim : dim, strides.length)]!
  }

  dim(): number {
    return native.dim(self(this))
  }

  ndimension(): number {
    return native.dim(self(this))
  }

  /** How many elements. */
  numel(): number {
    return native.numel(self(this))
  }

  nelement(): number {
    return native.numel(self(this))
  }

  /** Bytes an element. */
  element_size(): number {
    return this.dtype.itemsize
  }

  /** Where in its memory the tensor begins, in elements. */
  storage_offset(): number {
    return native.storageOffset(self(this))
  }

  /** The address of the first element. */
  data_ptr(): bigint {
    return native.dataPtr(self(this))
  }

  /** As `data_ptr`: PyTorch's promise not to write there. */
  const_data_ptr(): bigint {
    return native.dataPtr(self(this))
  }

  /** Do the elements lie in memory in the order of `memory_format`, without gaps? */
  is_contiguous(keywords?: { memory_format?: memory_format }): boolean {
    return native.isContiguous(self(this), (keywords?.memory_format ?? contiguous_format).code)
  }

  /** The bytes that it lies in, which views share. */
  untyped_storage(): UntypedStorage {
    return UntypedStorage.over(self(this))
  }

  /** How a quantized tensor's numbers are to be read. */
  qscheme(): qscheme {
    const scheme = call(ops.qscheme, this)
    return scheme instanceof qscheme ? scheme : qschemes[Number(scheme)]!
  }

  /** The dimensions from the outermost in memory to the innermost. */
  dim_order(): number[] {
    const strides = this.stride()
    return strides.map((_, dim) => dim).sort((a, b) => strides[b]! - strides[a]!)
  }

  /** Was it made under `inference_mode`? */
  is_inference(): boolean {
    return native.isInference(self(this))
  }

  /** Is the conjugation still to be done? */
  is_conj(): boolean {
    return native.isConj(self(this))
  }

  /** Is the negation still to be done? */
  is_neg(): boolean {
    return native.isNeg(self(this))
  }

  /** Can another thread have the same memory? True for every CPU tensor: see `multiprocessing.share`. */
  is_shared(): boolean {
    return this.is_cpu
  }

  /** Threads share all memory, so nothing is left to do; returns the tensor. */
  share_memory_(): this {
    return this
  }

  /** Do both stand for one tensor of LibTorch? Python's `is`: two JavaScript objects may. */
  isSame(other: Tensor): boolean {
    return native.isSame(self(this), other)
  }
}
