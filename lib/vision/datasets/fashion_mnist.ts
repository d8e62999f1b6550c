import type { Image } from '../image.js'
import { MNIST, type MNISTSource } from './mnist.js'

/**
 * Articles of clothing in MNIST's format: 60,000 + 10,000 grey images of 28×28 with targets 0 to 9.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.FashionMNIST.html
 */
export class FashionMNIST<Sample = Image, Label = number> extends MNIST<Sample, Label> {
  static override readonly source: MNISTSource = {
    mirrors: ['http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/'],
    resources: [
      ['train-images-idx3-ubyte.gz', '8d4fb7e6c68d591d4c3dfef9ec88bf0d'],
      ['train-labels-idx1-ubyte.gz', '25c81989df183df01b3e8a0aad5dffbe'],
      ['t10k-images-idx3-ubyte.gz', 'bef4ecab320f06d8554ea6380940ec79'],
      ['t10k-labels-idx1-ubyte.gz', 'bb300cfdad3c16e7a12a480ee83cd310'],
    ],
  }

  static override readonly classes: readonly string[] = [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ]
}
