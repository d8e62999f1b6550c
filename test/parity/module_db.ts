/** Makes the modules that `module_db.py` made, and compares. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import { packageRoot } from '#lib/_C/libtorch.js'
import { native } from '#lib/_C/native.js'
import type { Tensor } from '#lib/tensor.js'
import { difference } from './compare.js'
import type { Python } from './python.js'
import { Decoder, type Encoded, type EncodedTensor, readLines } from './values.js'

type Named = [name: string, value: Encoded][]

/** One module from one seed, as Python tells of it. */
export interface ModuleCase {
  name: string
  training: boolean
  dtype: string
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
  /** Double backward, with what Python threw or computed; null where nothing depends on anything. */
  penalty: { error: string } | { values: Encoded[] } | null
}

/** What the database says of one module. */
export interface ModuleFacts {
  name: string
  /** Whether training and evaluation differ. */
  differ: boolean
  /** Whether the inputs are too large for whole Jacobians. */
  fast: boolean
  /** Why PyTorch's own tests skip `gradcheck` and `gradgradcheck` of it, or null. */
  grad: string | null
  gradgrad: string | null
}

export interface DrawnModules {
  modules: ModuleFacts[]
  cases: ModuleCase[]
  bytes: Uint8Array
}

/** Lets Python run the whole database, or only draw its inputs. Nothing is drawn where there is no Python. */
export function drawModules(
  python: Python | null,
  dtype: 'float32' | 'float64',
  { seed = 0, inputsOnly = false } = {},
): DrawnModules {
  if (!python) return { modules: [], cases: [], bytes: new Uint8Array(0) }
  const program = join(packageRoot, 'test', 'parity', 'module_db.py')
  const folder = mkdtempSync(join(tmpdir(), 'torch-node-modules-'))
  try {
    const args = [program, '--out', folder, '--seed', String(seed), '--dtype', dtype]
    if (inputsOnly) args.push('--inputs-only')
    const env = { ...python.env, OMP_NUM_THREADS: '1' }
    const run = spawnSync(python.command, args, { env, encoding: 'utf8' })
    if (run.status !== 0) throw new Error(`the module database failed: ${run.error ?? run.stderr}`)
    return readLines<DrawnModules>(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Maker = new (...args: unknown[]) => nn.Module
type Call = (...args: unknown[]) => unknown

function classOf(name: string): Maker {
  const found = (nn as unknown as Record<string, Maker | undefined>)[name]
  if (!found) throw new Error(`nn.${name} does not exist`)
  return found
}

/** Reads the database's arguments: tensors that come twice, packed sequences, functions and ready-made layers too. */
export class ModuleDecoder extends Decoder {
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
      const module = construct(name, this.decode(args) as unknown[], this.decode(kwargs) as Record<string, unknown>)
      module.load_state_dict(this.decode(state) as nn.StateDict)
      return module
    }
    return super.special(key, value)
  }
}

export function construct(name: string, args: unknown[], kwargs: Record<string, unknown>): nn.Module {
  return new (classOf(name))(...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : []))
}

function digest(t: Tensor): string {
  if (nn.is_lazy(t)) return 'uninitialized'
  const plain = t.detach().contiguous().clone()
  const bytes = new Uint8Array(plain.numel() === 0 ? new ArrayBuffer(0) : native.toArrayBuffer(plain, false))
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
  return `${t.dtype.name} [${t.shape.join(', ')}] ${hash}`
}

function copies(value: unknown): unknown {
  if (native.isTensor(value)) return (value as Tensor).clone()
  return Array.isArray(value) ? value.map(copies) : value
}

export function tensorsIn(value: unknown): Tensor[] {
  if (native.isTensor(value)) return [value as Tensor]
  if (value instanceof nn.utils.rnn.PackedSequence) return [value.data]
  return Array.isArray(value) ? value.flatMap(tensorsIn) : []
}

/** `2.0` as `2`: JavaScript does not know one from the other, so a module can't print which of them it was given. */
const withoutPoint = (text: string): string => text.replace(/(\d)\.0\b/g, '$1')

/** A module of one case, and the arguments of its call. */
export interface MadeModule {
  module: nn.Module
  args: unknown[]
  kwargs: Record<string, unknown>
  /** The inputs that want a gradient. */
  leaves: Tensor[]
  /** Calls the module; one that works in place gets copies. */
  call: () => unknown
}

/** Makes the module from its seed, in training or evaluation; `check` sees it before its dtype is set. */
export function makeModule(sample: ModuleCase, bytes: Uint8Array, check?: (module: nn.Module) => void): MadeModule {
  const decoder = new ModuleDecoder(bytes)
  const [makerArgs, makerKeywords] = sample.constructor.map(value => decoder.decode(value)) as [
    unknown[],
    Record<string, unknown>,
  ]
  torch.manual_seed(sample.seed)
  const module = construct(sample.name, makerArgs, makerKeywords)
  module.train(sample.training)
  check?.(module)
  module.to(sample.dtype === 'float64' ? torch.float64 : torch.float32)
  const before = decoder.leaves.length
  const args = decoder.decode(sample.args) as unknown[]
  const { input, ...kwargs } = decoder.decode(sample.kwargs) as Record<string, unknown>
  // A `forward` of one tensor has no parameter names in JavaScript: it takes the tensor by position.
  if (input !== undefined) args.push(input)
  const { inplace } = module as { inplace?: boolean }
  const call = (): unknown => callModule(module, inplace ? args.map(copies) : args, kwargs)
  return { module, args, kwargs, leaves: decoder.leaves.slice(before), call }
}

export function callModule(module: nn.Module, args: readonly unknown[], kwargs: Record<string, unknown>): unknown {
  return (module as unknown as Call)(...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : []))
}

/** Throws what differs in the printed form or in the first state, whose elements must be equal to the last bit. */
function checkNew(sample: ModuleCase, module: nn.Module): void {
  if (withoutPoint(String(module)) !== withoutPoint(sample.printed))
    throw new Error(`prints ${String(module)} where Python prints ${sample.printed}`)
  const initial = JSON.stringify(Object.entries(module.state_dict()).map(([name, t]) => [name, digest(t)]))
  const wanted = JSON.stringify(sample.initial)
  if (initial !== wanted) throw new Error(`begins with ${initial} where Python begins with ${wanted}`)
}

const squared = (tensors: readonly Tensor[]): Tensor => torch.stack(tensors.map(t => t.mul(t).sum())).sum()

/** Gradients of a loss, then those of the gradients' squares; what both throw must be the same. */
function penalty({ module, leaves, call }: MadeModule): Tensor[] | null {
  const outputs = tensorsIn(call()).filter(t => t.requires_grad)
  if (outputs.length === 0) return null
  const parameters = module.parameters().filter(p => p.requires_grad)
  const options = { create_graph: true, allow_unused: true } as const
  const first = torch.autograd.grad(squared(outputs), leaves.length > 0 ? leaves : parameters, null, options)
  const recorded = first.filter(g => g?.requires_grad) as Tensor[]
  if (recorded.length === 0) return null
  return [...first, ...torch.autograd.grad(squared(recorded), [...leaves, ...parameters], { allow_unused: true })]
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!

/** How far one case agrees. */
export interface ModuleOutcome {
  /** What differs, or null. */
  wrong: string | null
  /** Whether every number is exactly Python's. */
  exact: boolean
  /** Whether second derivatives were compared. */
  twice: boolean
}

export function runModuleCase(sample: ModuleCase, bytes: Uint8Array): ModuleOutcome {
  const outcome: ModuleOutcome = { wrong: null, exact: true, twice: false }
  /** Compares; a difference ends the case. */
  const same = (actual: unknown, expected: Encoded, what: string): void => {
    const options = { bytes, contents: true }
    if (outcome.exact && difference(actual, expected, { ...options, exact: true }, what) === null) return
    outcome.exact = false
    const found = difference(actual, expected, options, what)
    if (found) throw new Error(found)
  }
  const named = (entries: [string, Tensor | null][], expected: Named, what: string): void => {
    const names = JSON.stringify(entries.map(([name]) => name))
    const wanted = JSON.stringify(expected.map(([name]) => name))
    if (names !== wanted) throw new Error(`${what}: ${names} where Python has ${wanted}`)
    const values = entries.map(([, t]) => t)
    same(
      values,
      expected.map(([, value]) => value),
      what,
    )
  }
  try {
    compare(sample, bytes, same, named, outcome)
  } catch (error) {
    outcome.wrong = firstLine(error)
  }
  return outcome
}

function compare(
  sample: ModuleCase,
  bytes: Uint8Array,
  same: (actual: unknown, expected: Encoded, what: string) => void,
  named: (entries: [string, Tensor | null][], expected: Named, what: string) => void,
  outcome: ModuleOutcome,
): void {
  const made = makeModule(sample, bytes, module => checkNew(sample, module))
  const { module, leaves, call } = made
  torch.manual_seed(sample.seed + 1)
  if (sample.error !== undefined) return mustThrow(call, sample.error)
  const output = call()
  const outputs = tensorsIn(output).filter(t => t.requires_grad)
  same(output, sample.output, 'output')
  if (outputs.length > 0) squared(outputs).backward()
  same(
    leaves.map(t => t.grad),
    sample.inputGrads,
    'gradients of inputs',
  )
  named(
    module.named_parameters().map(([name, p]): [string, Tensor | null] => [name, p.grad]),
    sample.grads,
    'gradients',
  )
  named(Object.entries(module.state_dict()), sample.state, 'state')
  module.eval()
  torch.manual_seed(sample.seed + 2)
  same(torch.no_grad(call), sample.evaluated, 'evaluation')
  module.train(sample.training)
  torch.manual_seed(sample.seed + 3)
  const { penalty: wanted } = sample
  if (wanted && 'error' in wanted) return mustThrow(() => penalty(made), wanted.error)
  const second = penalty(made)
  same(second, wanted?.values ?? null, 'double backward')
  outcome.twice = second !== null
}

function mustThrow(f: () => unknown, message: string): void {
  let thrown: unknown
  try {
    f()
  } catch (error) {
    thrown = error
  }
  if (thrown === undefined) throw new Error(`does not throw: ${message}`)
  if (firstLine(thrown) !== message) throw new Error(`throws ${firstLine(thrown)} where Python throws ${message}`)
}
