/** torchvision: pictures, datasets of them, and what is done to them. https://docs.pytorch.org/vision/stable/ */
export type { ImageSource, OpenOptions, SaveOptions } from './_image/codec.js'
export type { Mode } from './_image/modes.js'
export type { Resample } from './_image/resample.js'
export * as datasets from './datasets/index.js'
export { type Box, type Color, Image } from './image.js'
export * as ops from './ops/index.js'
export * as transforms from './transforms/index.js'
export * as utils from './utils/index.js'
