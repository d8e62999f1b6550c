/** https://docs.pytorch.org/vision/stable/utils.html */
export { type MakeGridOptions, make_grid } from './make_grid.js'
export { type SaveImageOptions, save_image } from './save_image.js'
