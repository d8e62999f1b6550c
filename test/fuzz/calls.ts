/** Call number `i` of seed `s`: always the same function with the same arguments, whatever came before. */
import * as torch from 'torch-node'
import { native } from '#lib/_C/native.js'
import { Random } from './random.js'
import { findTargets, type Target } from './targets.js'
import { type Argument, anything, type Family, family, oddTensor, ofKind, options, tensor } from './values.js'

export interface Call {
  /** The call as a reader would write it. */
  text: string
  name: string
  run(): unknown
}

const targets = findTargets()

/** How many functions, methods and constructors there are to call. */
export const targetCounts = {
  functions: targets.functions.length,
  methods: targets.methods.length,
  others: targets.others.length,
}

interface Parameter {
  kind: string
  name: string
  keywordOnly: boolean
}

/** `Tensor self, Tensor other, *, Scalar alpha=1` of a schema. */
function parseSchema(schema: string): Parameter[] {
  const open = schema.indexOf('(')
  const close = schema.lastIndexOf(') ->')
  const parameters: Parameter[] = []
  let keywordOnly = false
  for (const part of schema.slice(open + 1, close).split(/, (?![^(]*\)|[^[]*\])/)) {
    if (part === '*') keywordOnly = true
    const match = /^(.+?) (\w+)(=.*)?$/.exec(part)
    if (match) parameters.push({ kind: match[1]!, name: match[2]!, keywordOnly })
  }
  return parameters
}

const schemaCache = new Map<string, Parameter[][]>()

/** The overloads of the operator that a public name stands for, or none. */
function overloads(name: string): Parameter[][] {
  const known = schemaCache.get(name)
  if (known) return known
  const last = name.slice(name.lastIndexOf('.') + 1)
  const prefix = /^torch\.(linalg|fft|special)\./.exec(name)?.[1]
  const operator = `aten::${prefix ? `${prefix}_` : ''}${last}`
  const found = native.schemas(operator).map(parseSchema)
  schemaCache.set(name, found)
  return found
}

/** Arguments of the kinds that one overload asks for. */
function byOverload(random: Random, parameters: readonly Parameter[], like?: Family): Argument[] {
  const args: Argument[] = []
  const keywords: [string, Argument][] = []
  for (const { kind, name, keywordOnly } of parameters) {
    if (keywordOnly) {
      if (random.chance(0.3)) keywords.push([name, ofKind(random, kind, like)])
    } else {
      args.push(ofKind(random, kind, like))
    }
  }
  if (random.chance(0.1)) args.pop()
  if (random.chance(0.05)) args.push(anything(random))
  if (keywords.length > 0) {
    const value = Object.fromEntries(keywords.map(([name, item]) => [name, item.value]))
    args.push({ value, text: `{ ${keywords.map(([name, item]) => `${name}: ${item.text}`).join(', ')} }` })
  }
  return args
}

/** Arguments of any kind and number, often with keywords behind them. */
function wild(random: Random, names?: readonly string[]): Argument[] {
  const args = random.times(random.pick([0, 1, 1, 1, 2, 2, 3, 4, 6]), () => anything(random))
  if (random.chance(0.3)) args.push(options(random, names))
  return args
}

function argumentsFor(random: Random, target: Target, like?: Family): Argument[] {
  const known = overloads(target.name)
  if (known.length === 0 || random.chance(0.35)) {
    const names = known.flatMap(parameters => parameters.map(parameter => parameter.name))
    return wild(random, names.length > 0 && random.chance(0.5) ? names : undefined)
  }
  const args = byOverload(random, random.pick(known), like)
  return target.owner === 'Tensor' ? args.slice(1) : args
}

function receiver(random: Random, like?: Family): Argument {
  return random.chance(0.95) ? tensor(random, like) : oddTensor(random)
}

/** What a setter of global state may have left behind must not reach the next call. */
export function restore(): void {
  torch.set_default_dtype(torch.float32)
  torch.set_default_device('cpu')
  torch.set_grad_enabled(true)
  torch.use_deterministic_algorithms(false)
}

export function makeCall(seed: number, i: number): Call {
  const random = new Random(seed, i)
  torch.manual_seed(i)
  const draw = random.next()
  const like = random.chance(0.6) ? family(random) : undefined
  if (draw < 0.06 && targets.others.length > 0) {
    const { target, make } = random.pick(targets.others)
    return finish(target, make(), wild(random))
  }
  if (draw < 0.5) {
    const target = random.pick(targets.methods)
    return finish(target, receiver(random, like), argumentsFor(random, target, like))
  }
  const target = random.pick(targets.functions)
  return finish(target, null, argumentsFor(random, target, like))
}

function finish(target: Target, self: Argument | null, args: Argument[]): Call {
  const list = args.map(argument => argument.text).join(', ')
  const values = args.map(argument => argument.value)
  return {
    name: target.name,
    text: self ? `${target.name} of ${self.text} (${list})` : `${target.name}(${list})`,
    run: () => target.invoke(self?.value, values),
  }
}
