import type { Image } from '../image.js'
import { MNIST, type MNISTSource } from './mnist.js'

/**
 * Ten cursive Japanese characters in MNIST's format: 60,000 + 10,000 grey images of 28×28 with targets 0 to 9.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.KMNIST.html
 */
export class KMNIST<Sample = Image, Label = number> extends MNIST<Sample, Label> {
  static override readonly source: MNISTSource = {
    mirrors: ['http://codh.rois.ac.jp/kmnist/dataset/kmnist/'],
    resources: [
      ['train-images-idx3-ubyte.gz', 'bdb82020997e1d708af4cf47b453dcf7'],
      ['train-labels-idx1-ubyte.gz', 'e144d726b3acfaa3e44228e80efcd344'],
      ['t10k-images-idx3-ubyte.gz', '5c965bf0a639b31b8f53240b1b52f4d7'],
      ['t10k-labels-idx1-ubyte.gz', '7320c461ea6c1c855c0b718fb2a4b134'],
    ],
  }

  static override readonly classes: readonly string[] = ['o', 'ki', 'su', 'tsu', 'na', 'ha', 'ma', 'ya', 're', 'wo']
}
