/** Prints the seed of each worker, and whether the process's own generator was left alone. */
import torch from 'torch-node'

export class Seeds extends torch.utils.data.Dataset {
  length = 2

  getItem() {
    const seed = torch.initial_seed()
    torch.seed()
    return String(seed)
  }
}

const { isMainThread } = await import('node:worker_threads')
if (isMainThread) {
  torch.manual_seed(3)
  const seeds = []
  for await (const [seed] of new torch.utils.data.DataLoader(new Seeds(), { num_workers: 2 })) seeds.push(BigInt(seed))
  console.log(String(seeds[1] - seeds[0]), seeds[0] !== 3n, torch.initial_seed() === 3n)
}
