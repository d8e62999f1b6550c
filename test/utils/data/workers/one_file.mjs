import { isMainThread } from 'node:worker_threads'
import * as torch from 'torch-node'

const { DataLoader, Dataset } = torch.utils.data

export class Squares extends Dataset {
  length = 4
  getItem(index) {
    return index ** 2
  }
}

async function main() {
  const squares = []
  for await (const batch of new DataLoader(new Squares(), { num_workers: 2 })) squares.push(batch.item())
  console.log(squares.join())
}

if (process.argv[2] === 'bare') {
  try {
    await main()
  } catch (error) {
    if (!isMainThread) throw error
    console.log(error.message)
  }
} else if (isMainThread) await main()
