/** Which of PyTorch's public names exist here, and which have a reason not to: the rows of `docs/differences.md`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { packageRoot } from '#lib/_C/libtorch.js'
import { runPython } from './python.js'

/** The namespaces that are compared, beside `torch` itself and `Tensor`. */
export const namespaces = [
  'nn',
  'nn.modules',
  'nn.functional',
  'nn.init',
  'nn.parameter',
  'nn.attention',
  'nn.attention.bias',
  'nn.utils',
  'nn.utils.fusion',
  'nn.utils.init',
  'nn.utils.memory_format',
  'nn.utils.parametrizations',
  'nn.utils.parametrize',
  'nn.utils.prune',
  'nn.utils.rnn',
  'nn.utils.stateless',
  'autograd',
  'autograd.anomaly_mode',
  'autograd.forward_ad',
  'autograd.functional',
  'autograd.grad_mode',
  'autograd.gradcheck',
  'autograd.graph',
  'autograd.variable',
  'optim',
  'optim.lr_scheduler',
  'optim.swa_utils',
  'fft',
  'functional',
  'linalg',
  'masked',
  'nested',
  'quasirandom',
  'random',
  'return_types',
  'signal',
  'signal.windows',
  'sparse',
  'special',
  'testing',
  'utils.checkpoint',
  'utils.hooks',
] as const

interface Inventory {
  /** The version of the torch that was asked. */
  torch: string
  /** By namespace. */
  names: Record<string, string[]>
  /** Classes of Python's C extension that `torch.__all__` copies. */
  extension: string[]
}

export interface Excuse {
  /** Such as `torch.from_numpy`; `*` stands for any part. */
  pattern: RegExp
  text: string
  why: string
}

export interface Row {
  namespace: string
  names: number
  present: number
  excused: string[]
  missing: string[]
}

export interface Coverage {
  torch: string
  rows: Row[]
  extension: { names: string[]; present: string[] }
  /** Excuses that excuse nothing, because the name exists or Python has no such name. */
  idle: string[]
}

/** The names in the first column of the section "Names that are not here". */
export function excuses(): Excuse[] {
  const text = readFileSync(join(packageRoot, 'docs', 'differences.md'), 'utf8')
  const section = text.split('\n## ').find(part => part.startsWith('Names that are not here\n')) ?? ''
  return [...section.matchAll(/^\| (.*?) \| (.*?) \|$/gm)].flatMap(([, names, why]) =>
    [...names!.matchAll(/`([\w.*]+)`/g)].map(([, name]) => ({
      pattern: new RegExp(`^${name!.replaceAll('.', '\\.').replaceAll('*', '\\w*')}$`),
      text: name!,
      why: why!,
    })),
  )
}

/** The object that stands for a namespace here, or undefined. */
function namespaceHere(namespace: string): object | undefined {
  if (namespace === 'torch') return torch
  if (namespace === 'Tensor') return torch.Tensor.prototype
  let place: unknown = torch
  for (const part of namespace.split('.').slice(1)) {
    place = (place as Record<string, unknown>)[part]
    if (place === undefined || place === null) return undefined
  }
  return place as object
}

function exists(namespace: string, name: string): boolean {
  const place = namespaceHere(namespace)
  // `in` runs no getter: those of Tensor.prototype need a tensor.
  return place !== undefined && (name in place || (namespace === 'Tensor' && name in torch.Tensor))
}

export function inventory(): Inventory {
  const program = readFileSync(join(packageRoot, 'test', 'parity', 'coverage.py'), 'utf8')
  return JSON.parse(runPython(program, { args: namespaces })) as Inventory
}

export function coverage(python: Inventory, allowed: readonly Excuse[] = excuses()): Coverage {
  const used = new Set<Excuse>()
  const excuseFor = (full: string) => {
    const found = allowed.find(({ pattern }) => pattern.test(full))
    if (found) used.add(found)
    return found !== undefined
  }
  const rows = Object.entries(python.names).map(([namespace, names]) => {
    const absent = names.filter(name => !exists(namespace, name))
    const excused = absent.filter(name => excuseFor(`${namespace}.${name}`))
    const missing = absent.filter(name => !excused.includes(name))
    return { namespace, names: names.length, present: names.length - absent.length, excused, missing }
  })
  const present = python.extension.filter(name => exists('torch', name))
  const idle = allowed.filter(excuse => !used.has(excuse)).map(({ text }) => text)
  return { torch: python.torch, rows, extension: { names: python.extension, present }, idle }
}

/** Sums over all rows. */
export function totals({ rows }: Coverage): { names: number; present: number; excused: number; missing: number } {
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0)
  return {
    names: sum(row => row.names),
    present: sum(row => row.present),
    excused: sum(row => row.excused.length),
    missing: sum(row => row.missing.length),
  }
}
