import type { Image } from '../image.js'
import { CIFAR10, type CIFARSource } from './cifar.js'

/**
 * Small photographs of a hundred kinds of things: 50,000 + 10,000 images of 32×32.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.CIFAR100.html
 */
export class CIFAR100<Sample = Image, Label = number> extends CIFAR10<Sample, Label> {
  static override readonly source: CIFARSource = {
    url: 'https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz',
    filename: 'cifar-100-python.tar.gz',
    tgz_md5: 'eb9058c3a382ffc7106e4002c42a8d85',
    base_folder: 'cifar-100-python',
    train_list: [['train', '16019d7e3df5f24257cddd939b257f8d']],
    test_list: [['test', 'f0ef6b0ae62326f3e7ffdfab6717acfc']],
    meta: { filename: 'meta', key: 'fine_label_names', md5: '7973b15100ade9c7d40fb424638fde48' },
  }
}
