/** `loader_child.js FOLDER TIMES WORKERS`: epochs over a folder of pictures; prints the images/s of the last and the memory. */
import { readFileSync } from 'node:fs'
import * as torch from 'torch-node'
import { Pictures } from './loader_dataset.js'

const [folder, times, workers] = process.argv.slice(2) as [string, string, string]

torch.manual_seed(0)
torch.set_num_threads(1)
const num_workers = Number(workers)
const dataset = new Pictures(folder, Number(times))
const loader = new torch.utils.data.DataLoader(dataset, {
  batch_size: 32,
  shuffle: true,
  num_workers,
  persistent_workers: num_workers > 0,
})
let rate = 0
for (let epoch = 0; epoch < 2; epoch++) {
  const begin = performance.now()
  let count = 0
  for await (const [images] of loader) {
    count += images.size(0)
    images.dispose()
  }
  rate = (1000 * count) / (performance.now() - begin)
}
// Shared pages count by their share, as in Python's processes.
const mb = Number(/^Pss:\s+(\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))![1]) / 1024
await loader.closeWorkers()
console.log(JSON.stringify({ rate, mb }))
