import { isPlainObject, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { valueError, warn } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import * as dtypes from '../dtype.js'
import { finfo } from '../finfo.js'
import { iinfo } from '../iinfo.js'
import type { memory_format } from '../memory_format.js'
import { slice } from '../slice.js'
import type { Tensor } from '../tensor.js'

export interface MakeTensorOptions {
  dtype: dtype
  device: DeviceLike
  /** The least value; default 0 for bool and unsigned integers, else -9. */
  low?: number | null
  /** The bound that values stay below; default 2 for bool, 10 for integers, else 9. */
  high?: number | null
  requires_grad?: boolean
  /** Leaves gaps between the elements, where there are several. */
  noncontiguous?: boolean
  /** Puts the smallest positive number in place of zeros. */
  exclude_zero?: boolean
  memory_format?: memory_format | null
}

const bindOptions = signature<Required<MakeTensorOptions>>(
  'make_tensor',
  '*',
  'dtype',
  'device',
  ['low', null],
  ['high', null],
  ['requires_grad', false],
  ['noncontiguous', false],
  ['exclude_zero', false],
  ['memory_format', null],
)

const integral: readonly dtype[] = [
  dtypes.bool,
  dtypes.uint8,
  dtypes.int8,
  dtypes.int16,
  dtypes.int32,
  dtypes.int64,
  dtypes.uint16,
  dtypes.uint32,
  dtypes.uint64,
]
const floating: readonly dtype[] = [dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64]
const complex: readonly dtype[] = [dtypes.complex32, dtypes.complex64, dtypes.complex128]
const floating8: readonly dtype[] = [
  dtypes.float8_e4m3fn,
  dtypes.float8_e5m2,
  dtypes.float8_e4m3fnuz,
  dtypes.float8_e5m2fnuz,
]

type Bound = number | bigint

interface Range {
  lowest: Bound
  highest: Bound
  low: number
  high: number
}

function rangeOf(kind: dtype): Range {
  if (kind === dtypes.bool) return { lowest: 0, highest: 2, low: 0, high: 2 }
  if (!integral.includes(kind)) {
    const { min, max } = finfo(kind)
    return { lowest: min, highest: max, low: -9, high: 9 }
  }
  const { min, max } = iinfo(kind)
  // randint's bounds are int64, so the greatest one can't be drawn.
  const highest = BigInt(max) + (kind === dtypes.int64 ? 0n : 1n)
  return { lowest: min, highest: kind.itemsize < 8 ? Number(highest) : highest, low: -9, high: 10 }
}

function bounds(kind: dtype, givenLow: number | null, givenHigh: number | null): [Bound, Bound] {
  const range = rangeOf(kind)
  const low = givenLow ?? range.low
  const high = givenHigh ?? range.high
  if (Number.isNaN(low) || Number.isNaN(high))
    throw valueError(`\`low\` and \`high\` cannot be NaN, but got low=${low} and high=${high}`)
  if (low === high && (floating.includes(kind) || complex.includes(kind)))
    warn(
      'Passing `low==high` to `torch.testing.make_tensor` for floating or complex types is deprecated since 2.1 and will be removed in 2.3. Use `torch.full(...)` instead.',
      'FutureWarning',
    )
  else if (low >= high) throw valueError(`\`low\` must be less than \`high\`, but got ${low} >= ${high}`)
  else if (high < range.lowest || low >= range.highest)
    throw valueError(
      `The value interval specified by \`low\` and \`high\` is [${low}, ${high}), but ${kind} only supports [${range.lowest}, ${range.highest})`,
    )
  const clamp = (value: number): Bound =>
    value < range.lowest ? range.lowest : value > range.highest ? range.highest : value
  const clamped: [Bound, Bound] = [clamp(low), clamp(high)]
  if (!integral.includes(kind)) return clamped
  // + 0 turns -0, which operators take for a float, into 0.
  return clamped.map(value => (typeof value === 'bigint' ? value : Math.ceil(value) + 0)) as [Bound, Bound]
}

/** Fills `t`, whose dtype's range may be too narrow for `high - low`. */
function fillUniform(t: Tensor, low: number, high: number): Tensor {
  return high - low >= finfo(t.dtype).max ? t.uniform_(low / 2, high / 2).mul_(2) : t.uniform_(low, high)
}

function draw(shape: readonly number[], options: Required<MakeTensorOptions>): Tensor {
  const { dtype: kind, device } = options
  const isKnown = [integral, floating, complex, floating8].some(kinds => kinds.includes(kind))
  if (!isKnown)
    throw new TypeError(
      `The requested dtype '${kind}' is not supported by torch.testing.make_tensor(). To request support, file an issue at: https://github.com/pytorch/pytorch/issues`,
    )
  const [low, high] = bounds(kind, options.low, options.high)
  if (integral.includes(kind)) return call(ops.randint, low, high, shape, { device, dtype: kind }) as Tensor
  const isSmall = floating8.includes(kind)
  const result = call(ops.empty, shape, { device, dtype: isSmall ? dtypes.float32 : kind }) as Tensor
  const reals = complex.includes(kind) ? (call(ops.view_as_real, result) as Tensor) : result
  fillUniform(reals, Number(low), Number(high))
  return isSmall ? result.to(kind) : result
}

/**
 * A tensor of shape `shape` with uniform random values from [low, high): the same as Python's for the same seed.
 * `make_tensor(2, 3, { dtype, device })` or `make_tensor([2, 3], { dtype, device })`. Throws `ValueError` for bounds that the
 * dtype can't have.
 * https://docs.pytorch.org/docs/stable/testing.html#torch.testing.make_tensor
 */
export function make_tensor(
  ...args: [...shape: number[], options: MakeTensorOptions] | [shape: readonly number[], options: MakeTensorOptions]
): Tensor {
  const last: unknown = args.at(-1)
  const options = bindOptions(isPlainObject(last) ? [last] : [])
  const { dtype: kind, noncontiguous, memory_format, requires_grad } = options
  const shape = (isPlainObject(last) ? args.slice(0, -1) : [...args]).flat() as number[]
  if (noncontiguous && memory_format !== null)
    throw valueError(
      `The parameters \`noncontiguous\` and \`memory_format\` are mutually exclusive, but got noncontiguous=True and memory_format=${memory_format}`,
    )
  if (requires_grad && integral.includes(kind))
    throw valueError(`\`requires_grad=True\` is not supported for boolean and integral dtypes, but got dtype=${kind}`)
  const hasGaps = noncontiguous && shape.reduce((product, size) => product * size, 1) > 1
  if (hasGaps) shape[shape.length - 1]! *= 2
  let result = draw(shape, options)
  // Begins with the second element, which finds errors with offsets too.
  if (hasGaps) result = result.at('...', slice(1, null, 2))
  else if (memory_format !== null) result = result.clone({ memory_format })
  if (options.exclude_zero) result.setAt([result.eq(0)], integral.includes(kind) ? 1 : finfo(kind).tiny)
  if (floating.includes(kind) || complex.includes(kind)) result.requires_grad = requires_grad
  return result
}
