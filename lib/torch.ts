/** The namespace `torch`. */
import './_C/setup.js'

export {
  AcceleratorError,
  IndexError,
  JITException,
  NotImplementedError,
  OutOfMemoryError,
  TorchError,
  ValueError,
} from './_C/errors.js'
export * from './_constants.js'
export { as_tensor, asarray, type TensorData, tensor } from './_creation.js'
export { get_default_device, set_default_device } from './_default_device.js'
export { get_default_dtype, set_default_dtype } from './_default_dtype.js'
export { from_file, full, scalar_tensor } from './_factories.js'
export { frombuffer, fromTypedArray } from './_from_buffer.js'
export * as fft from './_generated/fft.js'
export * as special from './_generated/special.js'
export * from './_generated/torch.js'
export { hspmm as hsmm, mm as dsmm, mm as spmm, sspaddmm as saddmm } from './_generated/torch.js'
export {
  BFloat16Storage,
  BoolStorage,
  ByteStorage,
  CharStorage,
  ComplexDoubleStorage,
  ComplexFloatStorage,
  DoubleStorage,
  FloatStorage,
  HalfStorage,
  IntStorage,
  is_storage,
  type LegacyStorageType,
  LongStorage,
  QInt8Storage,
  QInt32Storage,
  QUInt2x4Storage,
  QUInt4x2Storage,
  QUInt8Storage,
  ShortStorage,
  TypedStorage,
  UntypedStorage,
} from './_legacy_storage.js'
export {
  BFloat16Tensor,
  BoolTensor,
  ByteTensor,
  CharTensor,
  DoubleTensor,
  FloatTensor,
  HalfTensor,
  IntTensor,
  type LegacyTensorType,
  LongTensor,
  ShortTensor,
  set_default_tensor_type,
  Tensor,
} from './_legacy_tensor.js'
export { lobpcg } from './_lobpcg.js'
export type { LOBPCG } from './_lobpcg_worker.js'
export { pca_lowrank, svd_lowrank } from './_lowrank.js'
export {
  loadNpy,
  loadNpyAsync,
  type NumpySource,
  type NumpyTarget,
  saveNpy,
  saveNpyAsync,
} from './_npy/npy.js'
export { type LoadNpzOptions, loadNpz, type NamedArrays, NpzFile, saveNpz, saveNpzAsync } from './_npy/npz.js'
export { get_printoptions, type PrintOptions, set_printoptions } from './_printoptions.js'
export * from './_process.js'
export * from './_settings.js'
export {
  sparse_bsc_tensor,
  sparse_bsr_tensor,
  sparse_compressed_tensor,
  sparse_coo_tensor,
  sparse_csc_tensor,
  sparse_csr_tensor,
} from './_sparse_constructors.js'
export * from './_sym.js'
export { is_tensor } from './_tensor_functions.js'
export type { TypedArray } from './_typed_array.js'
export { is_anomaly_check_nan_enabled, is_anomaly_enabled } from './autograd/anomaly_mode.js'
export {
  enable_grad,
  inference_mode,
  is_grad_enabled,
  is_inference_mode_enabled,
  no_grad,
  set_grad_enabled,
} from './autograd/grad_mode.js'
export * as autograd from './autograd/index.js'
export { Complex } from './complex.js'
export { cond } from './cond.js'
export * as cpu from './cpu/index.js'
export * as cuda from './cuda/index.js'
export { type DeviceLike, type DeviceType, device } from './device.js'
export {
  bfloat16,
  bit,
  bits1x8,
  bits2x4,
  bits4x2,
  bits8,
  bits16,
  bool,
  cdouble,
  cfloat,
  chalf,
  complex32,
  complex64,
  complex128,
  type DtypeName,
  double,
  dtype,
  float,
  float4_e2m1fn_x2,
  float8_e4m3fn,
  float8_e4m3fnuz,
  float8_e5m2,
  float8_e5m2fnuz,
  float8_e8m0fnu,
  float16,
  float32,
  float64,
  half,
  int,
  int1,
  int2,
  int3,
  int4,
  int5,
  int6,
  int7,
  int8,
  int16,
  int32,
  int64,
  long,
  qint8,
  qint32,
  quint2x4,
  quint4x2,
  quint8,
  short,
  uint1,
  uint2,
  uint3,
  uint4,
  uint5,
  uint6,
  uint7,
  uint8,
  uint16,
  uint32,
  uint64,
} from './dtype.js'
export { finfo } from './finfo.js'
export * as func from './func/index.js'
export * as functional from './functional.js'
export * from './functional.js'
export * as hub from './hub.js'
export { iinfo } from './iinfo.js'
export * as inference from './inference/index.js'
export { fork, wait } from './jit/fork.js'
export { import_ir_module, import_ir_module_from_buffer } from './jit/import_ir_module.js'
export * as jit from './jit/index.js'
export {
  _mkldnn,
  jagged,
  layout,
  sparse_bsc,
  sparse_bsr,
  sparse_coo,
  sparse_csc,
  sparse_csr,
  strided,
} from './layout.js'
export * as library from './library/index.js'
export * as linalg from './linalg.js'
export * as masked from './masked/index.js'
export { leakReport, liveTensors, scope, trackTensors } from './memory.js'
export {
  channels_last,
  channels_last_3d,
  contiguous_format,
  memory_format,
  preserve_format,
} from './memory_format.js'
export * as multiprocessing from './multiprocessing.js'
export * as nested from './nested.js'
export * as nn from './nn/index.js'
export { ops } from './ops.js'
export * as optim from './optim/index.js'
export {
  per_channel_affine,
  per_channel_affine_float_qparams,
  per_channel_symmetric,
  per_tensor_affine,
  per_tensor_symmetric,
  qscheme,
} from './qscheme.js'
export * as quasirandom from './quasirandom.js'
export * as random from './random.js'
export {
  default_generator,
  Generator,
  get_rng_state,
  initial_seed,
  manual_seed,
  seed,
  set_rng_state,
  thread_safe_generator,
} from './random.js'
export * as return_types from './return_types.js'
export * as safetensors from './safetensors/index.js'
export * as serialization from './serialization.js'
export { load, loadAsync, save, saveAsync, UnpicklingError } from './serialization.js'
export * as signal from './signal/index.js'
export { Size } from './size.js'
export { type Slice, slice } from './slice.js'
export * as sparse from './sparse/index.js'
export type { Index, IndexList } from './tensor.js'
export * as testing from './testing/index.js'
export { typename } from './typename.js'
export type { Int, Nested, Scalar, TensorOptions, TensorOrScalar } from './types.js'
export * as utils from './utils/index.js'
export * as vision from './vision/index.js'
