import { isPlainObject, signature, typeName } from '../_C/args.js'
import { native } from '../_C/native.js'
import { assertionError, valueError, warn } from '../_C/raise.js'
import { as_tensor, type TensorData, tensor } from '../_creation.js'
import { Complex } from '../complex.js'
import { type DtypeName, type dtype, float64, int64 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { compareTensors } from './_compare_tensors.js'
import { scalarMismatch, valueText } from './_messages.js'

export interface CloseOptions {
  /** Can a tensor and an instance of a subclass be close? */
  allow_subclasses?: boolean
  /** How far from `expected` a value may be, as a share of it; with `atol` or not at all. Default: by dtype. */
  rtol?: number | null
  /** How far from `expected` a value may be; with `rtol` or not at all. Default: by dtype. */
  atol?: number | null
  /** Are two NaNs equal? */
  equal_nan?: boolean
  check_device?: boolean
  check_dtype?: boolean
  check_layout?: boolean
  check_stride?: boolean
  /** The error's text, or what makes it from the usual one. */
  msg?: string | ((msg: string) => string) | null
}

/** The options, with the tolerances of one pair of values. @internal */
export interface Checks extends Required<Omit<CloseOptions, 'rtol' | 'atol'>> {
  rtol: number
  atol: number
}

type Options = Required<CloseOptions>

/** What fails, before the words of the caller. @internal */
export type Fail = (message: string, make?: (message: string) => Error) => never

type Tolerances = readonly [rtol: number, atol: number]

const float32Tolerances: Tolerances = [1.3e-6, 1e-5]
const defaults: Partial<Record<DtypeName, Tolerances>> = {
  float16: [0.001, 1e-5],
  bfloat16: [0.016, 1e-5],
  float32: float32Tolerances,
  float64: [1e-7, 1e-7],
  complex32: [0.001, 1e-5],
  complex64: float32Tolerances,
  complex128: [1e-7, 1e-7],
  // Quantized tensors are compared as the numbers that they stand for.
  quint8: float32Tolerances,
  quint2x4: float32Tolerances,
  quint4x2: float32Tolerances,
  qint8: float32Tolerances,
  qint32: float32Tolerances,
}

/** The looser ones of two dtypes. */
function tolerances(kinds: readonly dtype[], table = defaults): Tolerances {
  const found = kinds.map(kind => table[kind.name] ?? [0, 0])
  return [Math.max(...found.map(([rtol]) => rtol)), Math.max(...found.map(([, atol]) => atol))]
}

function resolve(options: Options, kinds: readonly dtype[], fail: Fail): Checks {
  const { rtol, atol } = options
  if ((rtol === null) !== (atol === null))
    fail(
      `Both 'rtol' and 'atol' must be either specified or omitted, but got no ${rtol === null ? 'rtol' : 'atol'}.`,
      valueError,
    )
  const [defaultRtol, defaultAtol] = tolerances(kinds)
  return { ...options, rtol: rtol ?? defaultRtol, atol: atol ?? defaultAtol }
}

type Id = readonly (string | number)[]

function failAt(id: Id, msg: Options['msg']): Fail {
  return (message, make = assertionError) => {
    if (typeof msg === 'string') throw make(msg)
    const items = id.map(item => `[${typeof item === 'string' ? `'${item}'` : item}]`).join('')
    const text = id.length > 0 ? `${message}\n\nThe failure occurred for item ${items}` : message
    throw make(typeof msg === 'function' ? msg(text) : text)
  }
}

type Num = number | bigint | Complex

const isNumber = (value: unknown): value is Num =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Complex

const dtypeOfNumber = (value: Num): dtype => (typeof value === 'bigint' ? int64 : float64)

function compareNumbers(actual: Num, expected: Num, options: Options, fail: Fail): void {
  const checks = resolve(options, [dtypeOfNumber(actual), dtypeOfNumber(expected)], fail)
  if (options.check_dtype && typeName(actual) !== typeName(expected) && typeof actual !== typeof expected)
    fail(`The (d)types do not match: <class '${typeName(actual)}'> != <class '${typeName(expected)}'>.`)
  const [a, b] = [actual, expected].map(value =>
    value instanceof Complex ? value : new Complex(Number(value), 0),
  ) as [Complex, Complex]
  if (actual === expected || (a.re === b.re && a.im === b.im)) return
  const isNaN = (value: Complex) => Number.isNaN(value.re) || Number.isNaN(value.im)
  if (options.equal_nan && isNaN(a) && isNaN(b)) return
  const difference = Math.hypot(a.re - b.re, a.im - b.im)
  const size = Math.hypot(b.re, b.im)
  if (Number.isFinite(difference) && difference <= checks.atol + checks.rtol * size) return
  fail(scalarMismatch(actual, expected, checks))
}

const isTensorLike = (value: unknown): boolean => native.isTensor(value) || ArrayBuffer.isView(value)

/** Is one an instance of the other's class? */
function areRelated(actual: object, expected: object, allowSubclasses: boolean): boolean {
  const [a, b] = [Object.getPrototypeOf(actual) as object, Object.getPrototypeOf(expected) as object]
  return (
    a === b ||
    (allowSubclasses && (Object.prototype.isPrototypeOf.call(a, b) || Object.prototype.isPrototypeOf.call(b, a)))
  )
}

type Compare = () => void

/** How two values that are no containers are compared; throws for kinds that can't be. */
function pairOf(actual: unknown, expected: unknown, options: Options, fail: Fail): Compare {
  const [a, b] = [actual ?? null, expected ?? null]
  if (a === null || b === null)
    return () => {
      if (a !== b) fail(`None mismatch: ${valueText(a)} is not ${valueText(b)}`)
    }
  if (typeof a === 'boolean' && typeof b === 'boolean')
    return () => {
      if (a !== b) fail(`Booleans mismatch: ${valueText(a)} is not ${valueText(b)}`)
    }
  if (isNumber(a) && isNumber(b)) return () => compareNumbers(a, b, options, fail)
  if (isTensorLike(a) && isTensorLike(b) && areRelated(a, b, options.allow_subclasses)) {
    const tensors = [a, b].map(value => as_tensor(value as Tensor)) as [Tensor, Tensor]
    for (const { layout } of tensors)
      if (layout.name === '_mkldnn') fail(`Unsupported tensor layout ${layout}`, valueError)
    const checks = resolve(options, [tensors[0].dtype, tensors[1].dtype], fail)
    return () => compareTensors(...tensors, checks, fail)
  }
  return fail(
    `No comparison pair was able to handle inputs of type <class '${typeName(a)}'> and <class '${typeName(b)}'>.`,
    message => new TypeError(message),
  )
}

function entriesOf(value: unknown): Map<unknown, unknown> | null {
  if (value instanceof Map) return value
  return isPlainObject(value) ? new Map<unknown, unknown>(Object.entries(value)) : null
}

/** The pairs in two structures of the same form, in order. */
function* pairs(actual: unknown, expected: unknown, options: Options, id: Id): Generator<Compare> {
  const fail = failAt(id, options.msg)
  if (Array.isArray(actual) && Array.isArray(expected)) {
    if (actual.length !== expected.length)
      fail(`The length of the sequences mismatch: ${actual.length} != ${expected.length}`)
    for (const [i, value] of actual.entries()) yield* pairs(value, expected[i], options, [...id, i])
    return
  }
  const [actualEntries, expectedEntries] = [entriesOf(actual), entriesOf(expected)]
  if (actualEntries === null || expectedEntries === null) {
    yield pairOf(actual, expected, options, fail)
    return
  }
  const lacking = (keys: Map<unknown, unknown>, of: Map<unknown, unknown>) =>
    [...keys.keys()].filter(key => !of.has(key)).sort()
  const list = (keys: unknown[]) => `[${keys.map(key => (typeof key === 'string' ? `'${key}'` : key)).join(', ')}]`
  const [missing, additional] = [lacking(expectedEntries, actualEntries), lacking(actualEntries, expectedEntries)]
  if (missing.length + additional.length > 0)
    fail(
      `The keys of the mappings do not match:\nMissing keys in the actual mapping: ${list(missing)}\nAdditional keys in the actual mapping: ${list(additional)}`,
    )
  for (const key of [...actualEntries.keys()].sort())
    yield* pairs(actualEntries.get(key), expectedEntries.get(key), options, [...id, key as string])
}

const bindOptions = signature<Options & { actual: unknown; expected: unknown }>(
  'assert_close',
  'actual:dict',
  'expected:dict',
  '*',
  ['allow_subclasses', true],
  ['rtol', null],
  ['atol', null],
  ['equal_nan', false],
  ['check_device', true],
  ['check_dtype', true],
  ['check_layout', true],
  ['check_stride', false],
  ['msg', null],
)

/**
 * Throws unless `actual` and `expected` are close: |actual − expected| ≤ atol + rtol |expected| in each element, with the same
 * shape, dtype, device and layout. Takes tensors, typed arrays, numbers, booleans and null, and arrays, plain objects and Maps
 * of them. JavaScript's numbers count as float64, bigints as int64. The tolerances depend on the dtype; the error's text
 * counts the elements that differ and shows the greatest differences.
 * https://docs.pytorch.org/docs/stable/testing.html#torch.testing.assert_close
 */
export function assert_close(actual: unknown, expected: unknown, options?: CloseOptions): void
export function assert_close(...args: unknown[]): void {
  const { actual, expected, ...options } = bindOptions(args)
  // All pairs are found before any is compared, as what can't be compared is an error of another kind.
  for (const compare of [...pairs(actual, expected, options, [])]) compare()
}

const olderDefaults: typeof defaults = { float16: [1e-3, 1e-3], float32: [1e-4, 1e-5], float64: [1e-5, 1e-8] }

/**
 * As `assert_close`, with other tolerances and without a look at dtypes; deprecated.
 * https://docs.pytorch.org/docs/stable/testing.html#torch.testing.assert_allclose
 */
export function assert_allclose(
  actual: TensorData,
  expected: TensorData,
  rtol: number | null = null,
  atol: number | null = null,
  equal_nan = true,
  msg = '',
): void {
  warn(
    '`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. Please use `torch.testing.assert_close()` instead. You can find detailed upgrade instructions in https://github.com/pytorch/pytorch/issues/61844.',
    'FutureWarning',
  )
  const a = native.isTensor(actual) ? (actual as Tensor) : tensor(actual)
  const b = native.isTensor(expected) ? (expected as Tensor) : tensor(expected, { dtype: a.dtype })
  const [older, olderAtol] = tolerances([a.dtype, b.dtype], olderDefaults)
  const isDefault = rtol === null && atol === null
  assert_close(a, b, {
    rtol: isDefault ? older : rtol,
    atol: isDefault ? olderAtol : atol,
    equal_nan,
    check_dtype: false,
    msg: msg || null,
  })
}
