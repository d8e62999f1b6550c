/** The names that checkpoints give to storages. */
import {
  bfloat16,
  bool,
  complex64,
  complex128,
  type dtype,
  float16,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  qint8,
  qint32,
  quint2x4,
  quint4x2,
  quint8,
  uint8,
} from '../dtype.js'

/** dtypes that have a storage class of their own; newer ones are stored untyped, with the dtype beside. */
export const storageNames: ReadonlyMap<dtype, string> = new Map<dtype, string>([
  [float64, 'DoubleStorage'],
  [float32, 'FloatStorage'],
  [float16, 'HalfStorage'],
  [int64, 'LongStorage'],
  [int32, 'IntStorage'],
  [int16, 'ShortStorage'],
  [int8, 'CharStorage'],
  [uint8, 'ByteStorage'],
  [bool, 'BoolStorage'],
  [bfloat16, 'BFloat16Storage'],
  [complex128, 'ComplexDoubleStorage'],
  [complex64, 'ComplexFloatStorage'],
  [qint8, 'QInt8Storage'],
  [qint32, 'QInt32Storage'],
  [quint8, 'QUInt8Storage'],
  [quint4x2, 'QUInt4x2Storage'],
  [quint2x4, 'QUInt2x4Storage'],
])

/** What a storage's class says in a checkpoint: the dtype of its elements, null for plain bytes. */
export class StorageType {
  constructor(readonly dtype: dtype | null) {}
}

/** The storage types by their names in checkpoints. */
export const storageTypes: ReadonlyMap<string, StorageType> = new Map([
  ...[...storageNames].flatMap(([dtype, name]): [string, StorageType][] => {
    const type = new StorageType(dtype)
    // Files of old had classes for the GPU's.
    return [
      [`torch.${name}`, type],
      [`torch.cuda.${name}`, type],
    ]
  }),
  ['torch.storage.UntypedStorage', new StorageType(null)],
])
