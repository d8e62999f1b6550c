import { TVTensor } from './tv_tensor.js'

/**
 * Masks of segmentation or of objects: (…, H, W).
 * https://docs.pytorch.org/vision/stable/generated/torchvision.tv_tensors.Mask.html
 */
export class Mask extends TVTensor {}
