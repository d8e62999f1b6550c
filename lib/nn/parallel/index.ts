/** `torch.nn.parallel`: one process, several GPUs. https://docs.pytorch.org/docs/stable/nn.html#dataparallel-layers-multi-gpu-distributed */
export { DataParallel, type DataParallelOptions, data_parallel } from './data_parallel.js'
export { parallel_apply } from './parallel_apply.js'
export { replicate } from './replicate.js'
export { gather, scatter } from './scatter_gather.js'
