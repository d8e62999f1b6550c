/** `load_child.js KIND PATH`: loads one file and prints what that took. */
import * as torch from 'torch-node'

const [kind, path] = process.argv.slice(2) as [string, string]

function load(): Record<string, torch.Tensor> {
  if (kind === 'safetensors') return torch.safetensors.load_file(path)
  return torch.load(path, { mmap: kind === 'torch.load, mmap' }) as Record<string, torch.Tensor>
}

// What the first use of anything costs is not the file's.
torch.rand(2).sum().item()
const memory = process.memoryUsage().rss
const start = performance.now()
const tensors = load()
const ms = performance.now() - start
const mb = (process.memoryUsage().rss - memory) / 1e6
for (const tensor of Object.values(tensors)) tensor.sum().item()
console.log(JSON.stringify({ ms, mb, readMs: performance.now() - start }))
