/** https://docs.pytorch.org/docs/stable/utils.html */
export * as checkpoint from './checkpoint.js'
export * as data from './data/index.js'
export * as hooks from './hooks.js'
export { Progress, type ProgressOptions, progress } from './progress.js'
