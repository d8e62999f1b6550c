/** Tensors in files that hold nothing else: https://huggingface.co/docs/safetensors/api/torch */
export { SafetensorError } from './errors.js'
export { load, load_file, loadFileAsync } from './load.js'
export { load_model, save_model } from './model.js'
export { type SafeBackend, SafeOpen, type SafeOpenOptions, safe_open } from './safe_open.js'
export { SafeSlice } from './safe_slice.js'
export { type Metadata, type OnProgress, save, save_file, saveFileAsync, type TensorDict } from './save.js'
export { loadSharded, openSharded, ShardedFile, type ShardedOptions } from './sharded.js'
