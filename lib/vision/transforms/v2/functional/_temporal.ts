import { define } from '../../../../_C/callable.js'
import { linspace } from '../../../../_generated/torch.js'
import { Tensor } from '../../../../tensor.js'
import { Video } from '../../../tv_tensors/index.js'
import { dispatcher, registerKernel } from './_utils.js'

function subsampled(video: Tensor, num_samples: number): Tensor {
  const indices = linspace(0, video.size(-4) - 1, num_samples, { device: video.device }).long()
  return video.index_select(-4, indices)
}

/** `uniform_temporal_subsample` of a tensor (…, T, C, H, W). */
export const uniform_temporal_subsample_video = define(
  'uniform_temporal_subsample_video',
  ['video', 'num_samples'],
  subsampled,
)

/** `num_samples` frames, evenly spread over those of a video. */
export const uniform_temporal_subsample = dispatcher<[num_samples: number], [], { num_samples: number }>(
  'uniform_temporal_subsample',
  'num_samples',
)
registerKernel(uniform_temporal_subsample, Tensor, subsampled)
registerKernel(uniform_temporal_subsample, Video, subsampled)
