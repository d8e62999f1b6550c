import { call } from './_C/call.js'
import { runtimeError, warn } from './_C/raise.js'
import { sizesOf } from './_C/sizes.js'
import * as ops from './_generated/ops.js'
import { type LegacyArguments, legacyNew, setStorage } from './_legacy_new.js'
import { is_storage, type LegacyStorageType, legacyStorageType } from './_legacy_storage.js'
import { TensorFunctional } from './_tensor_functional.js'
import type { UntypedStorage } from './storage.js'
import type { Tensor } from './tensor.js'
import { TypedStorage, warnTypedStorage } from './typed_storage.js'
import type { Int, Size } from './types.js'

const self = (t: TensorLegacy): Tensor => t as unknown as Tensor

const removed = 'This function was deprecated since version 1.9 and is now removed. '

/** Methods that PyTorch keeps for old programs. */
export class TensorLegacy extends TensorFunctional {
  /**
   * A tensor of this dtype on this device: of the sizes given, with any values; with the values of a list; for the memory of
   * a tensor or storage. Newer programs write `new_empty` and `new_tensor`.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.new_tensor.html
   */
  new(...args: LegacyArguments): Tensor {
    return legacyNew(args, {
      dtype: this.dtype,
      device: this.device,
      anyTensor: false,
      form: 'new of the form tensor.new(tensor, device=device) is not supported.  Use torch.as_tensor(...) instead.',
    })
  }

  /**
   * The memory as a storage of this dtype; deprecated for `untyped_storage`.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.storage.html
   */
  storage(): TypedStorage {
    return new TypedStorage({ wrap_storage: this.untyped_storage(), dtype: this.dtype })
  }

  /**
   * The class of the tensor's storage, such as `torch.FloatStorage`; null for dtypes that never had one.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.storage_type.html
   */
  storage_type(): LegacyStorageType | null {
    warnTypedStorage()
    return this.is_cpu ? legacyStorageType(this.dtype) : null
  }

  /** As Python's: over the memory of a tensor or storage, from `storage_offset` elements on. */
  override set_(source: Tensor | UntypedStorage | TypedStorage, storage_offset: Int, size: Size, stride?: Size): this
  override set_(source: Tensor, storage_offset: Int, size: Size, keywords: { stride?: Size }): this
  override set_(source: Tensor, storage_offset: Int, keywords: { size: Size; stride?: Size }): this
  override set_(source: Tensor, keywords: { storage_offset: Int; size: Size; stride?: Size }): this
  override set_(keywords: { source: Tensor; storage_offset: Int; size: Size; stride?: Size }): this
  override set_(source: Tensor | UntypedStorage | TypedStorage): this
  override set_(keywords: { source: Tensor }): this
  override set_(): this
  override set_(...args: unknown[]): unknown {
    const [source, offset, size, stride] = args
    if (!is_storage(source)) return call(ops.set_, this, ...args)
    setStorage(
      self(this),
      source,
      Number(offset ?? 0),
      (size ?? null) as number[] | null,
      (stride ?? null) as number[] | null,
    )
    return this
  }

  /**
   * A tensor of another shape with as many elements; deprecated for `reshape`.
   * https://docs.pytorch.org/docs/stable/generated/torch.reshape.html
   */
  resize(...sizes: number[] | [sizes: readonly number[]]): Tensor {
    warn('non-inplace resize is deprecated')
    return this.reshaped(sizes.flat() as number[])
  }

  /** A tensor of the shape of `tensor` with as many elements; deprecated for `view_as`. */
  resize_as(tensor: Tensor): Tensor {
    warn('non-inplace resize_as is deprecated')
    return this.reshaped(sizesOf(tensor))
  }

  private reshaped(sizes: readonly number[]): Tensor {
    const wanted = sizes.reduce((product, size) => product * size, 1)
    if (wanted !== this.numel())
      throw runtimeError(
        `requested resize to ${sizes.join('x')} (${wanted} elements in total), but the given tensor has a size of ${this.shape.join('x')} (${this.numel()} elements). autograd's resize can only change the shape of a given tensor, while preserving the number of elements. `,
      )
    return call(ops.view, this.contiguous(), sizes) as Tensor
  }

  /**
   * What `load_state_dict` puts into this parameter or buffer for `other`: `this` with the elements of `other`, or with
   * `assign` `other` itself, without history.
   */
  module_load(other: Tensor, { assign = false }: { assign?: boolean } = {}): Tensor {
    return assign ? other.detach() : self(this).copy_(other).detach()
  }

  /** The tensor in the COO layout. https://docs.pytorch.org/docs/stable/generated/torch.Tensor.to_sparse_coo.html */
  to_sparse_coo(): Tensor {
    return this.to_sparse()
  }

  /** Always false: `torch.no_grad` took its place. */
  get volatile(): boolean {
    warn('volatile was removed (Variable.volatile is always False)')
    return false
  }

  /** Removed from PyTorch; throws a text that tells what to write instead. */
  reinforce(_reward?: unknown): never {
    throw runtimeError(
      'reinforce() was removed.\nUse torch.distributions instead.\nSee https://pytorch.org/docs/main/distributions.html\n\n' +
        'Instead of:\n\nprobs = policy_network(state)\naction = probs.multinomial()\nnext_state, reward = env.step(action)\n' +
        'action.reinforce(reward)\naction.backward()\n\nUse:\n\nprobs = policy_network(state)\n' +
        '# NOTE: categorical is equivalent to what used to be called multinomial\n' +
        'm = torch.distributions.Categorical(probs)\naction = m.sample()\nnext_state, reward = env.step(action)\n' +
        'loss = -m.log_prob(action) * reward\nloss.backward()\n',
    )
  }

  /** Removed from PyTorch; throws a text that tells what to write instead. */
  eig(_eigenvectors?: boolean): never {
    throw runtimeError(
      `${removed}\`torch.linalg.eig\` returns complex tensors of dtype \`cfloat\` or \`cdouble\` rather than real tensors mimicking complex tensors.\n\n` +
        'L, _ = torch.eig(A) should be replaced with:\nL_complex = torch.linalg.eigvals(A)\n\nand\n\n' +
        'L, V = torch.eig(A, eigenvectors=True) should be replaced with:\nL_complex, V_complex = torch.linalg.eig(A)',
    )
  }

  /** Removed from PyTorch; throws a text that tells what to write instead. */
  symeig(_eigenvectors?: boolean, _upper?: boolean): never {
    throw runtimeError(
      `${removed}The default behavior has changed from using the upper triangular portion of the matrix by default to using the lower triangular portion.\n\n` +
        "L, _ = torch.symeig(A, upper=upper) should be replaced with:\nL = torch.linalg.eigvalsh(A, UPLO='U' if upper else 'L')\n\nand\n\n" +
        "L, V = torch.symeig(A, eigenvectors=True) should be replaced with:\nL, V = torch.linalg.eigh(A, UPLO='U' if upper else 'L')",
    )
  }

  /** Removed from PyTorch; throws a text that tells what to write instead. */
  lstsq(_A?: Tensor): never {
    throw runtimeError(
      `${removed}\`torch.lstsq\` is deprecated in favor of \`torch.linalg.lstsq\`.\n` +
        '`torch.linalg.lstsq` has reversed arguments and does not return the QR decomposition in the returned tuple (although it returns other information about the problem).\n\n' +
        'To get the QR decomposition consider using `torch.linalg.qr`.\n\n' +
        "The returned solution in `torch.lstsq` stored the residuals of the solution in the last m - n columns of the returned value whenever m > n. In torch.linalg.lstsq, the residuals are in the field 'residuals' of the returned named tuple.\n\n" +
        'The unpacking of the solution, as in\nX, _ = torch.lstsq(B, A).solution[:A.size(1)]\nshould be replaced with:\nX = torch.linalg.lstsq(A, B).solution',
    )
  }

  /** Removed from PyTorch; throws a text that tells what to write instead. */
  solve(_A?: Tensor): never {
    throw runtimeError(
      `${removed}\`torch.solve\` is deprecated in favor of \`torch.linalg.solve\`. \`torch.linalg.solve\` has its arguments reversed and does not return the LU factorization.\n\n` +
        'To get the LU factorization see `torch.lu`, which can be used with `torch.lu_solve` or `torch.lu_unpack`.\n' +
        'X = torch.solve(B, A).solution should be replaced with:\nX = torch.linalg.solve(A, B)',
    )
  }
}
