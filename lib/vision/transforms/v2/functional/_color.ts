/** Colours of pictures, tensors (…, 1 or 3, H, W) and videos. A picture goes by Pillow's arithmetic. */
import { define } from '../../../../_C/callable.js'
import type { Tensor } from '../../../../tensor.js'
import type { Image as Picture } from '../../../image.js'
import * as P from '../../_functional_color.js'
import { to_pil_image } from '../../_to_pil_image.js'
import { pil_to_tensor } from '../../functional.js'
import * as kernels from './_color_kernels.js'
import { dispatcher, registerImageKernels, scoped } from './_utils.js'

const permutePicture = (image: Picture, permutation: readonly number[] | Tensor): Picture =>
  to_pil_image(kernels.permuted(pil_to_tensor(image), permutation))

const brightnessKernel = scoped(kernels.brightness)

/** `adjust_brightness` of a tensor. */
export const adjust_brightness_image = define(
  'adjust_brightness_image',
  ['image', 'brightness_factor'],
  brightnessKernel,
)

/** `adjust_brightness` of a tensor (…, T, C, H, W). */
export const adjust_brightness_video = define(
  'adjust_brightness_video',
  ['video', 'brightness_factor'],
  brightnessKernel,
)

/** 0 is black, 1 the image itself, 2 twice as bright. */
export const adjust_brightness = dispatcher<[brightness_factor: number], [], { brightness_factor: number }>(
  'adjust_brightness',
  'brightness_factor',
)
registerImageKernels(adjust_brightness, { image: brightnessKernel, picture: P.adjust_brightness })

const contrastKernel = scoped(kernels.contrast)

/** `adjust_contrast` of a tensor. */
export const adjust_contrast_image = define('adjust_contrast_image', ['image', 'contrast_factor'], contrastKernel)

/** `adjust_contrast` of a tensor (…, T, C, H, W). */
export const adjust_contrast_video = define('adjust_contrast_video', ['video', 'contrast_factor'], contrastKernel)

/** 0 is the mean grey, 1 the image itself, 2 twice the contrast. */
export const adjust_contrast = dispatcher<[contrast_factor: number], [], { contrast_factor: number }>(
  'adjust_contrast',
  'contrast_factor',
)
registerImageKernels(adjust_contrast, { image: contrastKernel, picture: P.adjust_contrast })

const saturationKernel = scoped(kernels.saturation)

/** `adjust_saturation` of a tensor. */
export const adjust_saturation_image = define(
  'adjust_saturation_image',
  ['image', 'saturation_factor'],
  saturationKernel,
)

/** `adjust_saturation` of a tensor (…, T, C, H, W). */
export const adjust_saturation_video = define(
  'adjust_saturation_video',
  ['video', 'saturation_factor'],
  saturationKernel,
)

/** 0 is black and white, 1 the image itself, 2 twice as colourful. */
export const adjust_saturation = dispatcher<[saturation_factor: number], [], { saturation_factor: number }>(
  'adjust_saturation',
  'saturation_factor',
)
registerImageKernels(adjust_saturation, { image: saturationKernel, picture: P.adjust_saturation })

const hueKernel = scoped(kernels.hue)

/** `adjust_hue` of a tensor. */
export const adjust_hue_image = define('adjust_hue_image', ['image', 'hue_factor'], hueKernel)

/** `adjust_hue` of a tensor (…, T, C, H, W). */
export const adjust_hue_video = define('adjust_hue_video', ['video', 'hue_factor'], hueKernel)

/** Turns the hue: 0 is the image itself, -0.5 and 0.5 its complementary colours. Grey images stay as they are. */
export const adjust_hue = dispatcher<[hue_factor: number], [], { hue_factor: number }>('adjust_hue', 'hue_factor')
registerImageKernels(adjust_hue, { image: hueKernel, picture: P.adjust_hue })

const gammaKernel = scoped(kernels.gamma)

/** `adjust_gamma` of a tensor. */
export const adjust_gamma_image = define('adjust_gamma_image', ['image', 'gamma', 'gain?'], gammaKernel)

/** `adjust_gamma` of a tensor (…, T, C, H, W). */
export const adjust_gamma_video = define('adjust_gamma_video', ['video', 'gamma', 'gain?'], gammaKernel)

/** `gain * image ** gamma`, for pixels of 0 to 1: above 1 the shadows darken, below they lighten. */
export const adjust_gamma = dispatcher<[gamma: number], [gain: number], { gamma: number; gain: number }>(
  'adjust_gamma',
  'gamma',
  ['gain', 1],
)
registerImageKernels(adjust_gamma, { image: gammaKernel, picture: P.adjust_gamma })

const sharpnessKernel = scoped(kernels.sharpness)

/** `adjust_sharpness` of a tensor. */
export const adjust_sharpness_image = define('adjust_sharpness_image', ['image', 'sharpness_factor'], sharpnessKernel)

/** `adjust_sharpness` of a tensor (…, T, C, H, W). */
export const adjust_sharpness_video = define('adjust_sharpness_video', ['video', 'sharpness_factor'], sharpnessKernel)

/** 0 is blurred, 1 the image itself, 2 twice as sharp. */
export const adjust_sharpness = dispatcher<[sharpness_factor: number], [], { sharpness_factor: number }>(
  'adjust_sharpness',
  'sharpness_factor',
)
registerImageKernels(adjust_sharpness, { image: sharpnessKernel, picture: P.adjust_sharpness })

const invertedKernel = scoped(kernels.inverted)

/** `invert` of a tensor. */
export const invert_image = define('invert_image', ['image'], invertedKernel)

/** `invert` of a tensor (…, T, C, H, W). */
export const invert_video = define('invert_video', ['video'], invertedKernel)

/** The negative. Pictures are of mode `L` or `RGB`. */
export const invert = dispatcher<[], [], object>('invert')
registerImageKernels(invert, { image: invertedKernel, picture: P.invert })

const posterizedKernel = scoped(kernels.posterized)

/** `posterize` of a tensor. */
export const posterize_image = define('posterize_image', ['image', 'bits'], posterizedKernel)

/** `posterize` of a tensor (…, T, C, H, W). */
export const posterize_video = define('posterize_video', ['video', 'bits'], posterizedKernel)

/** Keeps the highest `bits` of each band, 0 to 8. Pictures are of mode `L` or `RGB`. */
export const posterize = dispatcher<[bits: number], [], { bits: number }>('posterize', 'bits')
registerImageKernels(posterize, { image: posterizedKernel, picture: P.posterize })

const solarizedKernel = scoped(kernels.solarized)

/** `solarize` of a tensor. */
export const solarize_image = define('solarize_image', ['image', 'threshold'], solarizedKernel)

/** `solarize` of a tensor (…, T, C, H, W). */
export const solarize_video = define('solarize_video', ['video', 'threshold'], solarizedKernel)

/** Inverts what is at `threshold` or above. Pictures are of mode `L` or `RGB`. */
export const solarize = dispatcher<[threshold: number], [], { threshold: number }>('solarize', 'threshold')
registerImageKernels(solarize, { image: solarizedKernel, picture: P.solarize })

const stretchedKernel = scoped(kernels.stretched)

/** `autocontrast` of a tensor. */
export const autocontrast_image = define('autocontrast_image', ['image'], stretchedKernel)

/** `autocontrast` of a tensor (…, T, C, H, W). */
export const autocontrast_video = define('autocontrast_video', ['video'], stretchedKernel)

/** Stretches each band so that its darkest pixel becomes black, its lightest white. */
export const autocontrast = dispatcher<[], [], object>('autocontrast')
registerImageKernels(autocontrast, { image: stretchedKernel, picture: P.autocontrast })

const equalizedKernel = scoped(kernels.equalized)

/** `equalize` of a tensor. */
export const equalize_image = define('equalize_image', ['image'], equalizedKernel)

/** `equalize` of a tensor (…, T, C, H, W). */
export const equalize_video = define('equalize_video', ['video'], equalizedKernel)

/** Spreads the numbers of each band evenly. */
export const equalize = dispatcher<[], [], object>('equalize')
registerImageKernels(equalize, { image: equalizedKernel, picture: P.equalize })

const grayscaleKernel = scoped(kernels.grayscale)

/** `rgb_to_grayscale` of a tensor. */
export const rgb_to_grayscale_image = define(
  'rgb_to_grayscale_image',
  ['image', 'num_output_channels?'],
  grayscaleKernel,
)

/** Colours to grey, in 1 channel or 3 that are the same. */
export const rgb_to_grayscale = dispatcher<[], [num_output_channels: number], { num_output_channels: number }>(
  'rgb_to_grayscale',
  ['num_output_channels', 1],
)
registerImageKernels(rgb_to_grayscale, {
  image: grayscaleKernel,
  picture: (image: Picture, channels: number) => P.rgb_to_grayscale(image, channels),
  video: false,
})

const toRgbKernel = scoped(kernels.toRgb)

/** `grayscale_to_rgb` of a tensor. */
export const grayscale_to_rgb_image = define('grayscale_to_rgb_image', ['image'], toRgbKernel)

/** Grey to three channels that are the same; what has three stays as it is. */
export const grayscale_to_rgb = dispatcher<[], [], object>('grayscale_to_rgb')
registerImageKernels(grayscale_to_rgb, {
  image: toRgbKernel,
  picture: (image: Picture) => image.convert('RGB'),
  video: false,
})

const permutedKernel = scoped(kernels.permuted)

/** `permute_channels` of a tensor. */
export const permute_channels_image = define('permute_channels_image', ['image', 'permutation'], permutedKernel)

/** `permute_channels` of a tensor (…, T, C, H, W). */
export const permute_channels_video = define('permute_channels_video', ['video', 'permutation'], permutedKernel)

/** The channels in another order: `permutation[i]` is the one that becomes channel `i`. */
export const permute_channels = dispatcher<
  [permutation: readonly number[] | Tensor],
  [],
  { permutation: readonly number[] | Tensor }
>('permute_channels', 'permutation')
registerImageKernels(permute_channels, { image: permutedKernel, picture: permutePicture })

export { rgb_to_grayscale as to_grayscale }
