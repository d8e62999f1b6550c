/**
 * torchvision with its compiled operators: its wheel is a CUDA build, whose CPU kernels load beside a CPU LibTorch when empty
 * libraries stand in for CUDA's. A C compiler makes those; without one the tests skip, aloud.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { python } from './python.js'
import { torchvisionFolder, whyNoTorchvision } from './torchvision.js'

const STUBS = ['libtorch_cuda.so', 'libc10_cuda.so']
const folder = join(packageRoot, '.cache', 'python', 'cuda-stubs')

function makeStubs(): string {
  if (whyNoTorchvision) return whyNoTorchvision
  mkdirSync(folder, { recursive: true })
  const source = join(folder, 'empty.c')
  for (const name of STUBS) {
    if (existsSync(join(folder, name))) continue
    writeFileSync(source, '')
    const args = ['-shared', '-fPIC', '-o', join(folder, name), `-Wl,-soname,${name}`, source]
    const made = spawnSync(process.env.CC ?? 'cc', args, { encoding: 'utf8' })
    if (made.status !== 0) return `no C compiler for stand-ins of CUDA's libraries: ${made.error ?? made.stderr}`
  }
  return ''
}

/** Why there are none; empty when there are. */
export const whyNoCompiledTorchvision: string = makeStubs()
if (whyNoCompiledTorchvision)
  console.error(`no compiled operators of torchvision to compare with: ${whyNoCompiledTorchvision}`)

/** Runs a Python file of this folder with `torchvision` and its operators: its last argument is torchvision's folder. */
export function runCompiledTorchvision(name: string, ...args: string[]): string {
  const env = { ...python!.env, LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':') }
  const file = join(packageRoot, 'test', 'parity', name)
  const run = spawnSync(python!.command, [file, ...args, torchvisionFolder], {
    encoding: 'utf8',
    env,
    maxBuffer: 1 << 28,
  })
  if (run.status !== 0) throw new Error(`Python failed (${run.signal ?? run.status}):\n${run.stderr}`)
  return run.stdout
}
