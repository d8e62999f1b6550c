/** `torch-node info`: what `python -m torch.utils.collect_env` tells, for bug reports. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, release as kernel, machine, totalmem, version } from 'node:os'
import { join } from 'node:path'
import { isCheckout, managedFolder, packageRoot } from '../_C/libtorch.js'
import { loadedLibTorch } from '../_C/load.js'
import type { Native } from '../_C/native.js'

type Fact = readonly [name: string, value: string]

function firstLine(command: string, args: readonly string[]): string {
  const answer = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 })
  return answer.status === 0 ? (answer.stdout.split('\n')[0] ?? '').trim() : 'not installed'
}

function systemName(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]+)"?/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? version()
  } catch {
    return version()
  }
}

/** c-library of the running Node, such as `glibc 2.36`. */
function cLibrary(): string {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined
  const glibc = report?.header?.glibcVersionRuntime
  return glibc ? `glibc ${glibc}` : 'no glibc'
}

function machineFacts(): Fact[] {
  const [cpu] = cpus()
  return [
    ['System', `${systemName()}, Linux ${kernel()}, ${machine()}, ${cLibrary()}`],
    ['CPU', `${availableParallelism()} × ${cpu?.model.trim() ?? 'unknown'}`],
    ['Memory', `${(totalmem() / 2 ** 30).toFixed(1)} GiB`],
    ['NVIDIA driver', firstLine('nvidia-smi', ['--query-gpu=driver_version,name', '--format=csv,noheader'])],
    ['Node', `${process.versions.node} (V8 ${process.versions.v8}, Node-API ${process.versions.napi})`],
    ['Python', firstLine('python3', ['--version'])],
    ['CMake', firstLine('cmake', ['--version'])],
    ['C++ compiler', firstLine(process.env.CXX || 'c++', ['--version'])],
  ]
}

function packageFacts(): Fact[] {
  const { version: own } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
  return [['torch-node', `${own} in ${packageRoot}${isCheckout ? ' (a clone)' : ''}`]]
}

const SOURCES = {
  LIBTORCH: 'the environment variable LIBTORCH',
  managed: `torch-node setup (${managedFolder()})`,
  python: "Python's torch",
}

/** c10::DeviceType of CUDA. */
const CUDA = 1

function torchFacts(native: Native): Fact[] {
  const libtorch = loadedLibTorch()
  const facts: Fact[] = []
  if (libtorch) {
    facts.push(['LibTorch', `${libtorch.version ?? native.torchVersion} in ${libtorch.folder}`])
    facts.push(['found through', SOURCES[libtorch.source]])
  }
  const resolve = (createRequire(import.meta.url)('node-gyp-build') as { resolve(root: string): string }).resolve
  facts.push(['Addon', `${resolve(packageRoot)}, built for LibTorch ${native.torchVersion}`])
  const cuda = native.hasCuda() ? native.deviceCount(CUDA) : 0
  facts.push(['Devices', ['cpu', ...Array.from({ length: cuda }, (_, i) => `cuda:${i}`)].join(', ')])
  facts.push(['CPU capability', native.cpuCapability()])
  facts.push([
    'Threads',
    `${native.getNumThreads()} within an operator, ${native.getNumInteropThreads()} between operators`,
  ])
  return facts
}

function format(facts: readonly Fact[]): string {
  const width = Math.max(...facts.map(([name]) => name.length))
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

/** Everything as text. What can't be loaded is said instead of what it would have told. */
export async function info(): Promise<string> {
  const own = packageFacts()
  try {
    const { native } = await import('../_C/native.js')
    const facts = [...own, ...torchFacts(native), ...machineFacts()]
    return [format(facts), '', native.showConfig().trim(), '', native.parallelInfo().trim()].join('\n')
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_TORCH_LOAD') throw error
    return [format([...own, ...machineFacts()]), '', (error as Error).message].join('\n')
  }
}
