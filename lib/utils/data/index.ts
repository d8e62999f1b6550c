/** Datasets, samplers and loaders: https://docs.pytorch.org/docs/stable/data.html */
export { type Collated, default_collate, default_convert } from './_utils/collate.js'
export { DataLoader, type DataLoaderOptions } from './dataloader.js'
export {
  ChainDataset,
  ConcatDataset,
  Dataset,
  type DatasetLike,
  IterableDataset,
  random_split,
  StackDataset,
  Subset,
  TensorDataset,
} from './dataset.js'
export {
  BatchSampler,
  RandomSampler,
  Sampler,
  SequentialSampler,
  type Sized,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from './sampler.js'
