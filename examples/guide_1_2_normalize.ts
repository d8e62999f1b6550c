/**
 * The guide's section 1.2: pixel values to 0 … 1, then to the mean and deviation that a network was trained with.
 *
 *     npm run example examples/guide_1_2_normalize.ts [PICTURE]
 */
import * as torch from 'torch-node'
import { exampleImage } from './support/example_image.js'

const { transforms } = torch.vision

const image = await exampleImage()

// ImageNet's statistics.
const normalize = new transforms.Normalize({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })
const transform_pipeline = new transforms.Compose([new transforms.ToTensor(), normalize])
const normalized_image = transform_pipeline(image)

console.log(transform_pipeline)
const describe = (name: string, x: torch.Tensor) =>
  console.log(name, 'mean', x.mean({ dim: [1, 2] }), 'std', x.std({ dim: [1, 2] }))
describe('0 … 1:     ', new transforms.ToTensor()(image))
describe('normalized:', normalized_image)
