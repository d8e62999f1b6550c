/** https://docs.pytorch.org/vision/stable/datasets.html */

export type {
  Change,
  CommonKeywords,
  FileKeywords,
  Loader,
  Resource,
  Root,
  SplitArgs,
  SplitFileArgs,
} from './_arguments.js'
export {
  Caltech101,
  type Caltech101Args,
  type Caltech101Keywords,
  type Caltech101Target,
  type Caltech101TargetType,
} from './caltech101.js'
export { Caltech256, type Caltech256Args } from './caltech256.js'
export { CIFAR10, type CIFARArgs, type CIFARKeywords, type CIFARSource } from './cifar.js'
export { CIFAR100 } from './cifar100.js'
export { DTD, type DTDArgs, type DTDKeywords, type DTDSplit } from './dtd.js'
export { EMNIST, type EMNISTOptions, type EMNISTSplit } from './emnist.js'
export { EuroSAT, type EuroSATArgs } from './eurosat.js'
export { FakeData, type FakeDataKeywords } from './fakedata.js'
export { FashionMNIST } from './fashion_mnist.js'
export {
  FGVCAircraft,
  type FGVCAircraftArgs,
  type FGVCAircraftKeywords,
  type FGVCAircraftLevel,
  type FGVCAircraftSplit,
} from './fgvc_aircraft.js'
export { Flowers102, type Flowers102Split } from './flowers102.js'
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
export { Food101, type Food101Split } from './food101.js'
export { GTSRB, type GTSRBSplit } from './gtsrb.js'
export { ImageFolder, type ImageFolderKeywords } from './image_folder.js'
export { KMNIST } from './kmnist.js'
export { MNIST, type MNISTOptions, type MNISTSource } from './mnist.js'
export {
  OxfordIIITPet,
  type OxfordIIITPetArgs,
  type OxfordIIITPetKeywords,
  type OxfordIIITPetSplit,
  type OxfordIIITPetTarget,
  type OxfordIIITPetTargetType,
} from './oxford_iiit_pet.js'
export { QMNIST, type QMNISTOptions, type QMNISTPart } from './qmnist.js'
export { SEMEION, type SEMEIONArgs } from './semeion.js'
export { StanfordCars, type StanfordCarsSplit } from './stanford_cars.js'
export { STL10, type STL10Args, type STL10Keywords, type STL10Source, type STL10Split } from './stl10.js'
export { SVHN, type SVHNSplit } from './svhn.js'
export { USPS, type USPSArgs, type USPSKeywords } from './usps.js'
export { VisionDataset, type VisionDatasetOptions } from './vision.js'
