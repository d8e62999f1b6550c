/** What is in a checkpoint, in the words of checkpoint_matrix.py. */
import * as torch from 'torch-node'
import { native } from '#lib/_C/native.js'

/** A number's bits: NaN and -0 are told apart from others too. */
function number(x: number | bigint): unknown {
  if (typeof x === 'bigint' || (Number.isInteger(x) && Math.abs(x) > Number.MAX_SAFE_INTEGER && x < 2 ** 53 * 4))
    return typeof x === 'bigint' ? ['int', String(x)] : ['number', bits(x)]
  return ['number', bits(x)]
}

function bits(x: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(x)
  return bytes.toString('hex')
}

const byJson = (key: (item: unknown) => unknown) => (a: unknown, b: unknown) =>
  JSON.stringify(key(a)) < JSON.stringify(key(b)) ? -1 : 1

class Describer {
  readonly #storages = new Map<bigint, number>()

  #tensor(x: torch.Tensor): unknown {
    if (torch.nn.parameter.is_lazy(x)) return ['uninitialized', x.requires_grad]
    const own = Object.fromEntries(
      Object.entries(x)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, item]) => [name, this.value(item)]),
    )
    const head: unknown[] = ['tensor', x instanceof torch.nn.Parameter, String(x.dtype), x.requires_grad, own]
    if (x.is_nested)
      return [
        ...head,
        'nested',
        x
          .detach()
          .unbind()
          .map(part => this.value(part.clone())),
      ]
    head.push(String(x.layout), [...x.shape])
    switch (x.layout) {
      case torch.sparse_coo:
        return [...head, x.is_coalesced(), this.value(x.detach()._indices()), this.value(x.detach()._values())]
      case torch.sparse_csr:
      case torch.sparse_bsr:
        return [...head, ...[x.crow_indices(), x.col_indices(), x.values()].map(part => this.value(part))]
      case torch.sparse_csc:
      case torch.sparse_bsc:
        return [...head, ...[x.ccol_indices(), x.row_indices(), x.values()].map(part => this.value(part))]
    }
    head.push([...x.stride()], x.storage_offset(), x.is_conj(), x.is_neg(), String(x.device))
    if (x.is_quantized) head.push(this.#quantizer(x))
    return x.device.type === 'meta' ? head : [...head, ...this.#storage(x)]
  }

  #quantizer(x: torch.Tensor): unknown {
    if (x.qscheme() === torch.per_tensor_affine) return [number(x.q_scale()), number(x.q_zero_point())]
    const parts = [x.q_per_channel_scales(), x.q_per_channel_zero_points()]
    return [x.q_per_channel_axis(), ...parts.map(part => (part.tolist() as number[]).map(number))]
  }

  /** The number of the tensor's storage, and all of its bytes. */
  #storage(x: torch.Tensor): [index: number, bytes: string] {
    const pointer = native.storagePtr(x)
    const index = this.#storages.get(pointer) ?? this.#storages.size
    this.#storages.set(pointer, index)
    const all = native.storageView(x, torch.uint8.scalarType)
    return [index, Buffer.from(native.toArrayBuffer(all.clone(), false)).toString('hex')]
  }

  value(x: unknown): unknown {
    if (x === null || typeof x === 'boolean') return ['const', x]
    if (typeof x === 'number' || typeof x === 'bigint') return number(x)
    if (typeof x === 'string') return ['str', x]
    if (x instanceof torch.Complex) return ['complex', number(x.re), number(x.im)]
    if (x instanceof Uint8Array) return ['bytes', Buffer.from(x).toString('hex')]
    if (torch.is_tensor(x)) return this.#tensor(x)
    if (x instanceof torch.TypedStorage) {
      const all = x.untyped().withView(torch.uint8, bytes => native.alias(bytes))
      return ['storage', String(x.dtype), ...this.#storage(all)]
    }
    if (x instanceof torch.Size) return ['size', [...x]]
    if (x instanceof torch.slice(1).constructor) {
      const { start, stop, step } = x as torch.Slice
      return ['slice', [start, stop, step].map(bound => this.value(bound))]
    }
    if ([torch.device, torch.dtype, torch.layout, torch.qscheme].some(type => x instanceof type))
      return ['torch', String(x)]
    if (Array.isArray(x)) return [Object.isFrozen(x) ? 'tuple' : 'list', x.map(item => this.value(item))]
    if (x instanceof Set) {
      const items = [...x].map(item => this.value(item)).sort(byJson(item => item))
      return [Object.isFrozen(x) ? 'frozenset' : 'set', items]
    }
    const entries: [unknown, unknown][] = x instanceof Map ? [...x] : Object.entries(x as object)
    const items = entries.map(([key, item]) => [this.value(keyOf(key, x)), this.value(item)])
    return ['dict', items.sort(byJson(item => (item as unknown[])[0]))]
  }
}

/** A plain object's whole-number names are ints; those of a state dict are names. */
function keyOf(key: unknown, dict: unknown): unknown {
  if (dict instanceof Map || typeof key !== 'string' || Object.hasOwn(dict as object, '_metadata')) return key
  return /^(0|[1-9]\d*)$/.test(key) ? Number(key) : key
}

export const describeValue = (value: unknown): unknown => new Describer().value(value)
