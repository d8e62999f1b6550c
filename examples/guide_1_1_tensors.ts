/**
 * The guide's section 1.1: a picture as a tensor of shape (C, H, W).
 *
 *     npm run example examples/guide_1_1_tensors.ts [PICTURE]
 */
import * as torch from 'torch-node'
import { exampleImage } from './support/example_image.js'

const { transforms } = torch.vision

// Load a picture and make it a tensor.
const image = await exampleImage()
const transform = new transforms.ToTensor()
const tensor_image = transform(image) // shape [3, H, W]
console.log(image)
console.log(tensor_image.shape)

const [channels, height, width] = tensor_image.shape
console.log(`${channels} channels, ${height} pixels high, ${width} pixels wide`)
console.log(`values from ${tensor_image.min().item()} to ${tensor_image.max().item()}, ${tensor_image.dtype}`)
console.log('the pixel in the upper left corner:', tensor_image.at('...', 0, 0))
