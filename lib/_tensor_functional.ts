import { type Args, signature } from './_C/args.js'
import { native } from './_C/native.js'
import { TensorConversion } from './_tensor_conversion.js'
import type { Complex } from './complex.js'
import type { dtype } from './dtype.js'
import { lu } from './functional/lu.js'
import { norm } from './functional/norm.js'
import { split } from './functional/shapes.js'
import { istft, stft } from './functional/spectral.js'
import { unique, unique_consecutive } from './functional/unique.js'
import type { Tensor } from './tensor.js'
import type { Scalar } from './types.js'

const self = (t: TensorFunctional): Tensor => t as unknown as Tensor

type Element = number | bigint | boolean | Complex

const elements = (t: Tensor): Element[] => native.toNested(t.reshape(-1)) as Element[]

type Dims = number | readonly number[] | null

interface UniqueKeywords {
  sorted: boolean
  return_inverse: boolean
  return_counts: boolean
  dim: number | null
}

/** How many results `unique` has is known from the flags. */
type UniqueResult<K> = K extends { return_inverse: true } | { return_counts: true }
  ? K extends { return_inverse: true; return_counts: true }
    ? [Tensor, Tensor, Tensor]
    : [Tensor, Tensor]
  : Tensor

interface NormKeywords {
  p: Scalar | 'fro' | 'nuc' | null
  dim: Dims
  keepdim: boolean
  dtype: dtype | null
}

interface StftKeywords {
  n_fft: number
  hop_length: number | null
  win_length: number | null
  window: Tensor | null
  center: boolean
  pad_mode: 'constant' | 'reflect' | 'replicate' | 'circular'
  normalized: boolean
  onesided: boolean | null
  return_complex: boolean | null
  align_to_window: boolean | null
}

interface IstftKeywords {
  n_fft: number
  hop_length: number | null
  win_length: number | null
  window: Tensor | null
  center: boolean
  normalized: boolean
  onesided: boolean | null
  length: number | null
  return_complex: boolean
}

type StftOptions = [
  hop_length: number | null,
  win_length: number | null,
  window: Tensor | null,
  center: boolean,
  pad_mode: StftKeywords['pad_mode'],
  normalized: boolean,
  onesided: boolean | null,
  return_complex: boolean | null,
  align_to_window: boolean | null,
]

type IstftOptions = [
  hop_length: number | null,
  win_length: number | null,
  window: Tensor | null,
  center: boolean,
  normalized: boolean,
  onesided: boolean | null,
  length: number | null,
  return_complex: boolean,
]

/** A function that reads its own arguments, by position and keyword. */
type Anyhow = (...args: unknown[]) => Tensor

const bindSplit = signature<{ split_size: number | readonly number[]; dim: number }>('split', 'split_size', ['dim', 0])
const bindNorm = signature<NormKeywords>('norm', ['p', 'fro'], ['dim', null], ['keepdim', false], ['dtype', null])
const bindLu = signature<{ pivot: boolean; get_infos: boolean }>('lu', ['pivot', true], ['get_infos', false])

/** Functions of several operators that Python also has as methods. */
export class TensorFunctional extends TensorConversion {
  /**
   * Replaces each element by `callable(element)`, in place, on the CPU; slow: for what no operator does.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.apply_.html
   */
  apply_<T extends Element>(callable: (element: T) => Element): this {
    if (this.requires_grad) {
      throw new TypeError("Can't call apply_() on Variable that requires grad. Use var.detach().apply_() instead.")
    }
    const values = elements(self(this)).map(value => callable(value as T))
    return this.replaceElements(values)
  }

  /**
   * Replaces each element by `callable(element, element of tensor)`, in place, on the CPU. The shapes must be broadcastable.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.map_.html
   */
  map_<T extends Element>(tensor: Tensor, callable: (element: T, other: T) => Element): this {
    if (this.requires_grad) {
      throw new TypeError("Can't call map_() on Variable that requires grad. Use var.detach().map_() instead.")
    }
    const others = elements(tensor.expand_as(self(this)))
    const values = elements(self(this)).map((value, i) => callable(value as T, others[i] as T))
    return this.replaceElements(values)
  }

  /**
   * Replaces each element by `callable(element, element of x, element of y)`, in place, on the CPU. The shapes must be
   * broadcastable.
   */
  map2_<T extends Element>(x: Tensor, y: Tensor, callable: (element: T, x: T, y: T) => Element): this {
    if (this.requires_grad || x.requires_grad || y.requires_grad) {
      throw new TypeError("Can't call map2_() on Variable that requires grad. Use var.detach().map2_() instead.")
    }
    const [xs, ys] = [x, y].map(other => elements(other.expand_as(self(this)))) as [Element[], Element[]]
    const values = elements(self(this)).map((value, i) => callable(value as T, xs[i] as T, ys[i] as T))
    return this.replaceElements(values)
  }

  private replaceElements(values: readonly Element[]): this {
    const flat = native.fromNested(values, this.dtype.scalarType)
    self(this).copy_(flat.view(this.shape))
    return this
  }

  /** As `torch.split`. https://docs.pytorch.org/docs/stable/generated/torch.split.html */
  split(
    ...args: Args<
      [split_size: number | readonly number[]],
      [dim: number],
      { split_size: number | readonly number[]; dim: number }
    >
  ): Tensor[] {
    const { split_size, dim } = bindSplit(args)
    return split(self(this), split_size, dim)
  }

  /** As `torch.unique`. https://docs.pytorch.org/docs/stable/generated/torch.unique.html */
  unique<const K extends Partial<UniqueKeywords> = Record<never, never>>(keywords?: K): UniqueResult<K> {
    return unique(self(this), keywords ?? {}) as UniqueResult<K>
  }

  /** As `torch.unique_consecutive`. https://docs.pytorch.org/docs/stable/generated/torch.unique_consecutive.html */
  unique_consecutive<const K extends Partial<Omit<UniqueKeywords, 'sorted'>> = Record<never, never>>(
    keywords?: K,
  ): UniqueResult<K> {
    return unique_consecutive(self(this), keywords ?? {}) as UniqueResult<K>
  }

  /** As `torch.norm`. https://docs.pytorch.org/docs/stable/generated/torch.norm.html */
  norm(
    ...args: Args<[], [p: NormKeywords['p'], dim: Dims, keepdim: boolean, dtype: dtype | null], NormKeywords>
  ): Tensor {
    const { p, dim, keepdim, dtype } = bindNorm(args)
    return norm(self(this), p, dim, keepdim, null, dtype)
  }

  /** As `torch.stft`. https://docs.pytorch.org/docs/stable/generated/torch.stft.html */
  stft(...args: Args<[n_fft: number], StftOptions, StftKeywords>): Tensor {
    return (stft as Anyhow)(self(this), ...args)
  }

  /** As `torch.istft`. https://docs.pytorch.org/docs/stable/generated/torch.istft.html */
  istft(...args: Args<[n_fft: number], IstftOptions, IstftKeywords>): Tensor {
    return (istft as Anyhow)(self(this), ...args)
  }

  /** As `torch.lu`. https://docs.pytorch.org/docs/stable/generated/torch.lu.html */
  lu(...args: Args<[], [pivot: boolean, get_infos: boolean], { pivot: boolean; get_infos: boolean }>): Tensor[] {
    const { pivot, get_infos } = bindLu(args)
    return lu(self(this), pivot, get_infos)
  }
}
