/** https://docs.pytorch.org/vision/stable/datasets.html */
export { FashionMNIST } from './fashion_mnist.js'
export { MNIST, type MNISTOptions, type MNISTSource } from './mnist.js'
export { VisionDataset, type VisionDatasetOptions } from './vision.js'
