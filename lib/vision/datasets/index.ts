/** https://docs.pytorch.org/vision/stable/datasets.html */
export { CIFAR10, type CIFARArgs, type CIFARKeywords, type CIFARSource } from './cifar.js'
export { CIFAR100 } from './cifar100.js'
export { EMNIST, type EMNISTOptions, type EMNISTSplit } from './emnist.js'
export { FashionMNIST } from './fashion_mnist.js'
export {
  DatasetFolder,
  type DatasetFolderKeywords,
  default_loader,
  type FileSample,
  find_classes,
  has_file_allowed_extension,
  IMG_EXTENSIONS,
  is_image_file,
  make_dataset,
} from './folder.js'
export { ImageFolder, type ImageFolderKeywords } from './image_folder.js'
export { KMNIST } from './kmnist.js'
export { MNIST, type MNISTOptions, type MNISTSource } from './mnist.js'
export { QMNIST, type QMNISTOptions, type QMNISTPart } from './qmnist.js'
export { VisionDataset, type VisionDatasetOptions } from './vision.js'
