/** The dtype of JavaScript data: by its kind, never by its values. */
import { typeName } from './_C/args.js'
import { call } from './_C/call.js'
import { ValueError } from './_C/errors.js'
import { native } from './_C/native.js'
import * as ops from './_generated/ops.js'
import { dtypeOfView } from './_typed_array.js'
import { Complex } from './complex.js'
import { bool, type dtype, dtypes, int64 } from './dtype.js'
import type { Tensor } from './tensor.js'

/** What an array of data is made of. */
export interface Survey {
  kind: number
  /** The dtype of tensors and typed arrays among the elements. */
  given: dtype | null
  hasTensors: boolean
  /** Lengths of the arrays, by the first ones. */
  shape: number[]
}

/** Looks at every element; throws what Python throws for uneven lengths. */
function survey(data: unknown, found: Survey, depth = 0): void {
  if (Array.isArray(data)) {
    if (depth === 64) throw new TypeError('tensor(): too many dimensions: a tensor has at most 64')
    if (depth === found.shape.length && found.kind === 0 && found.given === null) found.shape.push(data.length)
    if (found.shape[depth] !== data.length) {
      if (depth >= found.shape.length)
        throw new TypeError('tensor(): expected a number, got a list: the arrays are uneven')
      throw new ValueError(
        `expected sequence of length ${found.shape[depth]} at dim ${depth} (got ${data.length})`,
        'ERR_TORCH_VALUE',
      )
    }
    for (let i = 0; i < data.length; i++) survey(data[i], found, depth + 1)
    return
  }
  switch (typeof data) {
    case 'number':
      if (found.kind < 3) found.kind = 3
      return
    case 'bigint':
      if (found.kind < 2) found.kind = 2
      return
    case 'boolean':
      if (found.kind < 1) found.kind = 1
      return
  }
  if (data instanceof Complex) {
    found.kind = 4
  } else if (native.isTensor(data) || ArrayBuffer.isView(data)) {
    const own = native.isTensor(data)
      ? dtypes[native.scalarType(data as Tensor)]!
      : dtypeOfView(data as ArrayBufferView)
    found.given = found.given === null ? own : promote(found.given, own)
    found.hasTensors = true
  } else {
    throw new TypeError(`tensor(): invalid data type '${typeName(data)}'`)
  }
}

const promote = (a: dtype, b: dtype): dtype => call(ops.promote_types, a, b) as dtype

function surveyedDtype(found: Survey): dtype {
  const fallback = dtypes[native.getDefaultDtype()]!
  const plain = [null, bool, int64, fallback, fallback.to_complex()][found.kind] ?? null
  if (found.given === null) return plain ?? fallback
  return plain === null ? found.given : promote(found.given, plain)
}

/** Looks at all of `data`. @internal */
export function surveyData(data: unknown): { dtype: dtype; hasTensors: boolean } {
  const found: Survey = { kind: 0, given: null, hasTensors: false, shape: [] }
  survey(data, found)
  return { dtype: surveyedDtype(found), hasTensors: found.hasTensors }
}
