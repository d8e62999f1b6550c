/** Makes the modules that `module_db.py` made, and compares. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import { packageRoot } from '#lib/_C/libtorch.js'
import { native } from '#lib/_C/native.js'
import type { Tensor } from '#lib/tensor.js'
import { difference } from './compare.js'
import type { Python } from './python.js'
import { Decoder, type Encoded, type EncodedTensor } from './values.js'

type Named = [name: string, value: Encoded][]

/** One module from one seed, as Python tells of it. */
export interface ModuleCase {
  name: string
  training: boolean
  index: number
  seed: number
  constructor: [Encoded[], { [key: string]: Encoded }]
  printed: string
  /** dtype, shape and hash of everything in the state dict. */
  initial: [name: string, digest: string][]
  args: Encoded[]
  kwargs: { [key: string]: Encoded }
  /** What the call threw; then nothing follows. */
  error?: string
  output: Encoded
  inputGrads: Encoded[]
  grads: Named
  state: Named
  evaluated: Encoded
}

export interface DrawnModules {
  names: string[]
  cases: ModuleCase[]
  bytes: Uint8Array
}

/** Lets Python run the whole database into `folder`. */
export function drawModules(python: Python, folder: string, seed = 0): DrawnModules {
  const program = join(packageRoot, 'test', 'parity', 'module_db.py')
  const run = spawnSync(python.command, [program, '--out', folder, '--seed', String(seed)], {
    env: { ...python.env, OMP_NUM_THREADS: '1' },
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(`the module database failed: ${run.error ?? run.stderr}`)
  const lines = readFileSync(join(folder, 'cases.jsonl'), 'utf8').trimEnd().split('\n')
  const [head, ...cases] = lines.map(line => JSON.parse(line) as unknown)
  const bytes = new Uint8Array(readFileSync(join(folder, 'tensors.bin')))
  return { names: (head as { names: string[] }).names, cases: cases as ModuleCase[], bytes }
}

type Maker = new (...args: unknown[]) => nn.Module
type Call = (...args: unknown[]) => unknown

function classOf(name: string): Maker {
  const found = (nn as unknown as Record<string, Maker | undefined>)[name]
  if (!found) throw new Error(`nn.${name} does not exist`)
  return found
}

/** Reads the database's arguments: tensors that come twice, packed sequences, functions and ready-made layers too. */
class ModuleDecoder extends Decoder {
  private readonly seen: Tensor[] = []

  protected override tensor(encoded: EncodedTensor): Tensor {
    const t = super.tensor(encoded)
    this.seen.push(t)
    return t
  }

  protected override special(key: string, value: Encoded): unknown {
    if (key === '$same') return this.seen[value as number]
    if (key === '$function') return (nn.functional as unknown as Record<string, unknown>)[value as string]
    if (key === '$packed') {
      const parts = (value as Encoded[]).map(part => this.decode(part)) as [
        Tensor,
        Tensor,
        Tensor | null,
        Tensor | null,
      ]
      return new nn.utils.rnn.PackedSequence(...parts)
    }
    if (key === '$built') {
      const [name, args, kwargs, state] = value as [string, Encoded[], Encoded, Encoded]
      const module = make(name, this.decode(args) as unknown[], this.decode(kwargs) as Record<string, unknown>)
      module.load_state_dict(this.decode(state) as nn.StateDict)
      return module
    }
    return super.special(key, value)
  }
}

function make(name: string, args: unknown[], kwargs: Record<string, unknown>): nn.Module {
  return new (classOf(name))(...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : []))
}

function digest(t: Tensor): string {
  if (nn.is_lazy(t)) return 'uninitialized'
  const plain = t.detach().contiguous().clone()
  const bytes = new Uint8Array(plain.numel() === 0 ? new ArrayBuffer(0) : native.toArrayBuffer(plain))
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
  return `${t.dtype.name} [${t.shape.join(', ')}] ${hash}`
}

function copies(value: unknown): unknown {
  if (native.isTensor(value)) return (value as Tensor).clone()
  return Array.isArray(value) ? value.map(copies) : value
}

function tensorsIn(value: unknown): Tensor[] {
  if (native.isTensor(value)) return [value as Tensor]
  if (value instanceof nn.utils.rnn.PackedSequence) return [value.data]
  return Array.isArray(value) ? value.flatMap(tensorsIn) : []
}

/** `2.0` as `2`: JavaScript does not know one from the other, so a module can't print which of them it was given. */
const withoutPoint = (text: string): string => text.replace(/(\d)\.0\b/g, '$1')

/** What differs in one case, or null. */
export function runModuleCase(sample: ModuleCase, bytes: Uint8Array): string | null {
  const options = { bytes, contents: true }
  const decoder = new ModuleDecoder(bytes)
  const [makerArgs, makerKeywords] = sample.constructor.map(value => decoder.decode(value)) as [
    unknown[],
    Record<string, unknown>,
  ]
  torch.manual_seed(sample.seed)
  const module = make(sample.name, makerArgs, makerKeywords)
  module.train(sample.training)
  if (withoutPoint(String(module)) !== withoutPoint(sample.printed))
    return `prints ${String(module)} where Python prints ${sample.printed}`
  const initial = Object.entries(module.state_dict()).map(([name, t]) => [name, digest(t)])
  if (JSON.stringify(initial) !== JSON.stringify(sample.initial))
    return `begins with ${JSON.stringify(initial)} where Python begins with ${JSON.stringify(sample.initial)}`
  const made = decoder.leaves.length
  const args = decoder.decode(sample.args) as unknown[]
  const { input, ...kwargs } = decoder.decode(sample.kwargs) as Record<string, unknown>
  // A `forward` of one tensor has no parameter names in JavaScript: it takes the tensor by position.
  if (input !== undefined) args.push(input)
  const leaves = decoder.leaves.slice(made)
  const { inplace } = module as { inplace?: boolean }
  const call = (): unknown => {
    const positional = inplace ? args.map(copies) : args
    return (module as unknown as Call)(...positional, ...(Object.keys(kwargs).length > 0 ? [kwargs] : []))
  }
  torch.manual_seed(sample.seed + 1)
  if (sample.error !== undefined) {
    try {
      call()
    } catch {
      return null
    }
    return `does not throw: ${sample.error}`
  }
  const output = call()
  const outputs = tensorsIn(output).filter(t => t.requires_grad)
  const found = difference(output, sample.output, options, 'output')
  if (found) return found
  if (outputs.length > 0)
    torch
      .stack(outputs.map(t => t.mul(t).sum()))
      .sum()
      .backward()
  const named = (entries: [string, Tensor | null][], expected: Named, what: string): string | null => {
    const names = JSON.stringify(entries.map(([name]) => name))
    const wanted = JSON.stringify(expected.map(([name]) => name))
    if (names !== wanted) return `${what}: ${names} where Python has ${wanted}`
    const values = entries.map(([, t]) => t)
    return difference(
      values,
      expected.map(([, value]) => value),
      options,
      what,
    )
  }
  const gradients = module.named_parameters().map(([name, p]): [string, Tensor | null] => [name, p.grad])
  const wrong =
    difference(
      leaves.map(t => t.grad),
      sample.inputGrads,
      options,
      'gradients of inputs',
    ) ??
    named(gradients, sample.grads, 'gradients') ??
    named(Object.entries(module.state_dict()), sample.state, 'state')
  if (wrong) return wrong
  module.eval()
  torch.manual_seed(sample.seed + 2)
  return difference(torch.no_grad(call), sample.evaluated, options, 'evaluation')
}
