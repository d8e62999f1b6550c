/** The names that types of tensors had before dtypes: `torch.FloatTensor`. */

import type { DtypeName, dtype } from './dtype.js'
import * as dtypeModule from './dtype.js'

/** `torch.FloatTensor` and its like, in what functions need that take a type. */
export interface LegacyType {
  readonly dtype: dtype
}

const titles: Partial<Record<DtypeName, string>> = {
  uint8: 'Byte',
  int8: 'Char',
  int16: 'Short',
  int32: 'Int',
  int64: 'Long',
  float16: 'Half',
  float32: 'Float',
  float64: 'Double',
  complex32: 'ComplexHalf',
  complex64: 'ComplexFloat',
  complex128: 'ComplexDouble',
  bool: 'Bool',
  bfloat16: 'BFloat16',
  qint8: 'QInt8',
  quint8: 'QUInt8',
  qint32: 'QInt32',
  uint16: 'UInt16',
  uint32: 'UInt32',
  uint64: 'UInt64',
}

/** LibTorch's name of a dtype: `Float`; dtypes without one have their own. */
export const titleOf = (kind: dtype): string => titles[kind.name] ?? kind.name

/** A type's name: `torch.FloatTensor`, with `place` such as `torch.cuda.sparse.FloatTensor`. */
export const typeNameOf = (kind: dtype, place = ''): string => `torch.${place}${titleOf(kind)}Tensor`

/** The dtype that a type's name stands for; throws a `TypeError` for names that PyTorch has not. */
export function dtypeOfTypeName(name: string): dtype {
  const match = /^torch\.(?:cuda\.)?(\w+)Tensor$/.exec(name)
  const entry = Object.entries(titles).find(([, title]) => title === match?.[1])
  const found = entry && dtypeModule.dtypes.find(kind => kind?.name === entry[0])
  if (!found) throw new TypeError(`invalid type: '${name}'`)
  return found
}
