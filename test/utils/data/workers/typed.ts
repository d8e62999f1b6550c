import { isMainThread } from 'node:worker_threads'
import { utils } from 'torch-node'

export class Cubes extends utils.data.Dataset<number> {
  readonly length = 4
  constructor(private readonly offset: number) {
    super()
  }
  getItem(index: number): number {
    return index ** 3 + this.offset
  }
}

if (isMainThread) {
  const cubes: number[] = []
  for await (const batch of new utils.data.DataLoader(new Cubes(1), { num_workers: 2 })) cubes.push(batch.item())
  console.log(cubes.join())
}
