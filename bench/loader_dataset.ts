/** The pictures of a folder, augmented: the dataset of `bench/loader.ts`, in a file that workers import. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'

const { transforms } = torch.vision

export class Pictures extends torch.utils.data.Dataset<[torch.Tensor, number]> {
  readonly paths: readonly string[]
  readonly length: number
  readonly transform = new transforms.Compose([
    new transforms.RandomResizedCrop(224),
    new transforms.RandomHorizontalFlip(),
    new transforms.ToTensor(),
    new transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
  ])

  /** Every picture `times` times. */
  constructor(folder: string, times: number) {
    super()
    const files = readdirSync(folder).sort()
    this.paths = Array.from({ length: times * files.length }, (_, i) => join(folder, files[i % files.length]!))
    this.length = this.paths.length
  }

  async getItem(index: number): Promise<[torch.Tensor, number]> {
    const image = await torch.vision.Image.open(this.paths[index]!)
    return [this.transform(image.convert('RGB')) as torch.Tensor, index % 10]
  }
}
