/** The namespace `torch`. */
import './_C/setup.js'

export {
  IndexError,
  LinAlgError,
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
export * as linalg from './_generated/linalg.js'
export * as special from './_generated/special.js'
export * from './_generated/torch.js'
export { pca_lowrank, svd_lowrank } from './_lowrank.js'
export { get_printoptions, type PrintOptions, set_printoptions } from './_printoptions.js'
export * from './_process.js'
export {
  sparse_bsc_tensor,
  sparse_bsr_tensor,
  sparse_compressed_tensor,
  sparse_csc_tensor,
  sparse_csr_tensor,
} from './_sparse_compressed.js'
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
export * as cuda from './cuda/index.js'
export { type DeviceLike, type DeviceType, device } from './device.js'
export {
  bfloat16,
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
  uint8,
  uint16,
  uint32,
  uint64,
} from './dtype.js'
export { finfo } from './finfo.js'
export * as func from './func/index.js'
export * from './functional.js'
export { iinfo } from './iinfo.js'
export * as inference from './inference/index.js'
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
export * as random from './random.js'
export {
  default_generator,
  Generator,
  get_rng_state,
  initial_seed,
  manual_seed,
  seed,
  set_rng_state,
} from './random.js'
export { load, loadAsync, save, saveAsync, UnpicklingError } from './serialization.js'
export * as signal from './signal/index.js'
export { Size } from './size.js'
export { type Slice, slice } from './slice.js'
export * as sparse from './sparse.js'
export { UntypedStorage } from './storage.js'
export { type Index, type IndexList, Tensor } from './tensor.js'
export type { Int, Nested, Scalar, TensorOptions, TensorOrScalar } from './types.js'
export * as utils from './utils/index.js'
export * as vision from './vision/index.js'
