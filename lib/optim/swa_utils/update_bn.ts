import type { DeviceLike } from '../../device.js'
import { _BatchNorm } from '../../nn/_batch_norm.js'
import { withoutGrad } from '../../nn/_no_grad.js'
import type { AnyModule } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'

/**
 * Computes the running statistics of all batch normalisations anew, in one pass over `loader`: an averaged model has none of
 * its own. A batch is a tensor, or an array whose first element is the input.
 *
 * ```ts
 * await update_bn(loader, averaged)
 * ```
 *
 * https://docs.pytorch.org/docs/stable/optim.html#torch.optim.swa_utils.update_bn
 */
export async function update_bn(
  loader: Iterable<unknown> | AsyncIterable<unknown>,
  model: AnyModule,
  device: DeviceLike | null = null,
): Promise<void> {
  const momenta = new Map<_BatchNorm, number | null>()
  for (const module of model.modules() as unknown[]) {
    if (!(module instanceof _BatchNorm)) continue
    module.reset_running_stats()
    momenta.set(module, module.momentum)
  }
  if (momenta.size === 0) return
  const wasTraining = model.training
  model.train()
  for (const module of momenta.keys()) module.momentum = null
  const run = model as unknown as (input: Tensor) => unknown
  try {
    for await (const batch of loader) {
      const input = (Array.isArray(batch) ? batch[0] : batch) as Tensor
      withoutGrad(() => run(device === null ? input : input.to(device)))
    }
  } finally {
    for (const [module, momentum] of momenta) module.momentum = momentum
    model.train(wasTraining)
  }
}
