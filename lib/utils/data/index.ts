/** Datasets, samplers and loaders: https://docs.pytorch.org/docs/stable/data.html */
export { type Collated, default_collate, default_convert } from './_utils/collate.js'
export { get_worker_info, type WorkerInfo } from './_utils/worker_info.js'
export { CachedDataset, type CachedDatasetOptions } from './cached_dataset.js'
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
export * as distributed from './distributed.js'
export { DistributedSampler } from './distributed.js'
export {
  BatchSampler,
  RandomSampler,
  Sampler,
  SequentialSampler,
  type Sized,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from './sampler.js'
