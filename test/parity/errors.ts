/** Makes the calls that PyTorch's databases list as errors, and compares what is thrown with what Python throws. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as torch from 'torch-node'
import * as optim from 'torch-node/optim'
import { packageRoot } from '#lib/_C/libtorch.js'
import type { Tensor } from '#lib/tensor.js'
import { construct, ModuleDecoder } from './module_db.js'
import type { Python } from './python.js'
import { excused, resolve } from './resolve.js'
import { attribute, type Encoded, type EncodedStrided, type EncodedTensor, readLines } from './values.js'

type Keywords = Record<string, unknown>

/** One wrong call, and what Python throws. */
export interface ErrorCase {
  database: 'op' | 'module' | 'optim'
  name: string
  index: number
  /** Of an operator's entry. */
  variant?: string
  layout?: string
  /** Which argument of a right call is spoiled, and how. */
  spoiled?: string
  /** Of a module; without `args` the constructor itself throws. */
  constructor?: [Encoded[], Encoded]
  args: Encoded[] | null
  kwargs: Encoded
  /** Of an optimizer: whether its step throws, not its constructor. */
  step?: boolean
  /** Python's class and its bases, the class first. */
  classes: string[]
  message: string
  /** Why there is nothing to compare. */
  skipped?: string
}

export interface DrawnErrors {
  /** The version of the torch that was asked. */
  torch: string
  cases: ErrorCase[]
  bytes: Uint8Array
}

export type ErrorStatus = 'equal' | 'other text' | 'other class' | 'does not throw' | 'skipped'

export interface ErrorOutcome {
  status: ErrorStatus
  cause: string | null
}

/** Has Python make the calls and write them into `folder`; `spoiled` adds right calls with one argument spoiled. */
export function drawErrors(python: Python, folder: string, spoiled = false): DrawnErrors {
  const program = join(packageRoot, 'test', 'parity', 'errors.py')
  const env = { ...python.env, OMP_NUM_THREADS: '1' }
  const run = spawnSync(python.command, [program, '--out', folder, ...(spoiled ? ['--spoiled'] : [])], {
    env,
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(`the wrong calls failed: ${run.error ?? run.stderr}`)
  return readLines<DrawnErrors>(folder)
}

/** Reads what only wrong calls are given: see `ErrorWriter` in errors.py. */
class ErrorDecoder extends ModuleDecoder {
  /** The first tensor over each piece of memory. */
  private readonly memory = new Map<number, Tensor>()

  protected override special(key: string, value: Encoded): unknown {
    if (key === '$set') return new Set((value as Encoded[]).map(item => this.decode(item)))
    return super.special(key, value)
  }

  protected override strided(encoded: EncodedStrided): Tensor {
    const [start, count] = encoded.data
    const known = this.memory.get(start)
    if (known && count > 0) return known.as_strided(encoded.shape, encoded.strides, encoded.offset)
    const t = super.strided(encoded)
    if (count > 0) this.memory.set(start, t)
    return t
  }

  protected override tensor(encoded: EncodedTensor & { grad?: Encoded }): Tensor {
    if (encoded.layout === 'meta')
      return torch.empty(encoded.shape, { dtype: attribute(encoded.dtype), device: 'meta' })
    const t = super.tensor(encoded)
    if (encoded.grad) t.grad = this.decode(encoded.grad) as Tensor
    return t
  }
}

/** Calls that are no error in JavaScript, with the reason. */
function noErrorHere({ database, name, message }: ErrorCase): string | null {
  if (database === 'op' && /^__r\w+__$/.test(name) && /^descriptor|has no attribute/.test(message))
    return "JavaScript has no such methods: Python's, found on the class and called with a number as self, is not writable here"
  const wholeFloat = /^(lin|log)space$/.test(name)
    ? /got \(\w+, \w+, float\)/
    : /_size should be of type int, got: float/
  return wholeFloat.test(message) ? 'a whole number is an int here: there is no 10.0 beside 10' : null
}

const withKeywords = (args: unknown[], keywords: Keywords) =>
  Object.keys(keywords).length > 0 ? [...args, keywords] : args

/** The call, ready to be made: what can fail while the arguments are made is not the call's error. */
function prepare(sample: ErrorCase, bytes: Uint8Array): () => unknown {
  const decoder = new ErrorDecoder(bytes)
  const decode = (value: Encoded): unknown => decoder.decode(value)
  if (sample.database === 'module') {
    const [args, keywords] = sample.constructor!.map(decode) as [unknown[], Keywords]
    if (!sample.args) return () => construct(sample.name, args, keywords)
    const module = construct(sample.name, args, keywords) as unknown as (...args: unknown[]) => unknown
    const { input, ...named } = decode(sample.kwargs) as Keywords
    // A `forward` of one tensor takes it by position: JavaScript has no names of parameters.
    const positional = [...(decode(sample.args) as unknown[]), ...(input === undefined ? [] : [input])]
    const given = withKeywords(positional, named)
    return () => module(...given)
  }
  const args = sample.args!.map(decode)
  const keywords = decode(sample.kwargs) as Keywords
  if (sample.database === 'op') {
    const target = resolve(sample.name, sample.variant!)
    if (!target) throw new Error('no such function or method')
    return () => target.call(args, keywords)
  }
  const Class = (optim as unknown as Record<string, new (...args: unknown[]) => optim.AnyOptimizer>)[sample.name]!
  const make = () => new Class(...withKeywords(args, keywords))
  if (!sample.step) return make
  const optimizer = make()
  return () => optimizer.step()
}

/** The class here of each of Python's. */
const classes: Record<string, new (...args: never[]) => Error> = {
  TypeError,
  // JavaScript says both with one class.
  AttributeError: TypeError,
  ValueError: torch.ValueError,
  IndexError: torch.IndexError,
  NotImplementedError: torch.NotImplementedError,
  LinAlgError: torch.linalg.LinAlgError,
  RuntimeError: torch.TorchError,
  AssertionError: torch.TorchError,
}

/**
 * The text without what JavaScript has to say otherwise: it does not know 2.0 from 2, its numbers don't tell whether they are meant
 * as int or float, its names of classes begin with a capital letter, and it has one kind of list. White space counts as one space:
 * some of Python's messages hold the indentation of their source, and others a set, in no order.
 */
export function normalized(text: string): string {
  return text
    .replace(/(\d)\.0\b/g, '$1')
    .replace(/\bfloat\b/g, 'int')
    .replace(/\bComplex\b/g, 'complex')
    .replace(/torch\.Size\((\[[^\]]*\])\)/g, '$1')
    .replace(/\(((?:-?\d+(?:, ?)?)*)\)/g, (_, items: string) => `[${items.replace(/,$/, '')}]`)
    .replace(/\{('[^{}]*')\}/g, (_, items: string) => `{${items.split(', ').sort().join(', ')}}`)
    .replace(/\s+/g, ' ')
    .trimEnd()
}

/**
 * What Python's argument parser says begins so. Its counterpart here is a TypeError that lists the signatures that exist; it has to be
 * about the same function and the same argument, or the same kinds of arguments.
 */
const PARSER = [
  /^\w+\(\): argument '\w+' \(position \d+\)/,
  /^\w+\(\) received an invalid combination of arguments - got \(.*\), but/,
  /^expected Tensor as element \d+ in (argument \d+), but got/,
]

/** The part of what the parser says that is asked for here too, or null when it did not come from there. */
function partOfParser({ classes: [name], message }: ErrorCase): string | null {
  if (name !== 'TypeError') return null
  const found = PARSER.map(pattern => pattern.exec(message)).find(match => match !== null)
  // Python's parser counts the positions from 0 where an element of a list is wrong, else from 1.
  const inList = /^argument (\d+)$/.exec(found?.[1] ?? '')
  return inList ? `(position ${Number(inList[1]) + 1})` : (found?.[0] ?? null)
}

/** Makes one case's call. */
export function runErrorCase(sample: ErrorCase, bytes: Uint8Array): ErrorOutcome {
  if (excused[sample.name]) return { status: 'skipped', cause: excused[sample.name]! }
  if (sample.skipped) return { status: 'skipped', cause: sample.skipped }
  // The first line: Python's argument parser goes on with every signature.
  const python = `${sample.classes[0]}: ${sample.message.split('\n')[0]}`
  const excuse = noErrorHere(sample)
  if (excuse) return { status: 'skipped', cause: `${python}. ${excuse}` }
  const outcome = (status: ErrorStatus, ours: string) => ({ status, cause: `${ours}\n where Python says ${python}` })
  let call: () => unknown
  try {
    call = prepare(sample, bytes)
  } catch (error) {
    return outcome('other text', `throws too early: ${error}`)
  }
  try {
    call()
  } catch (error) {
    const ours = `${error instanceof Error ? error.constructor.name : typeof error}: ${(error as Error).message}`
    const wanted = sample.classes.find(name => classes[name])
    if ((error as object).constructor !== classes[wanted!]) return outcome('other class', ours)
    const message = (error as Error).message
    const part = partOfParser(sample)
    const same = part
      ? normalized(message).includes(normalized(part))
      : normalized(message) === normalized(sample.message)
    return same ? { status: 'equal', cause: null } : outcome('other text', ours)
  }
  return outcome('does not throw', '')
}
