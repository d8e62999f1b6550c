/** Every public function, constructor, method and accessor, found by walking the namespace. */
import * as torch from 'torch-node'
import type { Argument } from './values.js'

export interface Target {
  /** Such as `torch.linalg.inv`, `new torch.nn.Linear` or `Tensor.add`. */
  name: string
  /** For methods: whose. `Tensor` stands for a new tensor each time. */
  owner: 'Tensor' | 'instance' | null
  invoke(self: unknown, args: unknown[]): unknown
}

/** Left out, with the reason. */
export const excluded: readonly [pattern: RegExp, reason: string][] = [
  [/set_num_(interop_)?threads$/, 'a wish for 2³¹ threads is a wish to fall over; test/ has their own checks'],
  [/^torch\.ops\.load_library$/, 'runs whatever file it is given'],
  [/check_sparse_tensor_invariants$/, 'switches off the checks of every sparse tensor'],
  [/^torch\.hub\./, 'downloads'],
  [/register_(module|optimizer)_.*hook$/, 'changes every module or optimizer of the process'],
  [/^torch\.distributed\./, 'waits for other processes'],
  [/Error$/, 'the constructor of an Error does with its message what JavaScript does'],
]

/** What may go on for ever, as it does in Python, with the reason. */
const endless: readonly [pattern: RegExp, reason: string][] = [
  [/polynomial_[a-z]+$/, 'the recurrence takes n steps, and a degree of 2⁵³ is a valid one'],
]

export function isEndless(name: string): boolean {
  return endless.some(([pattern]) => pattern.test(name))
}

type Callable = (...args: unknown[]) => unknown

function isExcluded(name: string): boolean {
  return excluded.some(([pattern]) => pattern.test(name))
}

function isClass(f: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(f))
}

function isNamespace(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value) as unknown
  return prototype === null || prototype === Object.prototype
}

function walk(path: string, namespace: Record<string, unknown>, seen: Set<unknown>, targets: Target[]): void {
  for (const key of Object.keys(namespace)) {
    const value = namespace[key]
    const name = `${path}.${key}`
    if (key === 'default' || key.startsWith('_') || isExcluded(name) || seen.has(value)) continue
    if (typeof value === 'function') {
      seen.add(value)
      if (isClass(value)) {
        const construct = value as unknown as new (...args: unknown[]) => unknown
        targets.push({ name: `new ${name}`, owner: null, invoke: (_, args) => new construct(...args) })
      } else {
        targets.push({ name, owner: null, invoke: (_, args) => (value as Callable).apply(namespace, args) })
      }
    } else if (isNamespace(value)) {
      seen.add(value)
      walk(name, value, seen, targets)
    }
  }
}

/** Methods, getters and setters from `prototype` up to Object's own. */
function members(label: string, start: object, owner: 'Tensor' | 'instance'): Target[] {
  const targets: Target[] = []
  const seen = new Set<PropertyKey>(['constructor'])
  for (let place: object = start; place !== Object.prototype && place; place = Object.getPrototypeOf(place)) {
    for (const key of Reflect.ownKeys(place)) {
      const name = `${label}.${String(key)}`
      if (seen.has(key) || String(key).startsWith('_') || isExcluded(name)) continue
      seen.add(key)
      const { value, get, set } = Object.getOwnPropertyDescriptor(place, key)!
      if (typeof value === 'function')
        targets.push({ name, owner, invoke: (self, args) => (value as Callable).apply(self, args) })
      if (get) targets.push({ name: `get ${name}`, owner, invoke: self => get.call(self) })
      if (set) targets.push({ name: `set ${name}`, owner, invoke: (self, args) => set.call(self, args[0]) })
    }
  }
  return targets
}

/** One object of each class whose methods are fuzzed beside the tensors'. */
const instances: Record<string, () => object> = {
  Generator: () => new torch.Generator(),
  device: () => new torch.device('cpu'),
  Linear: () => new torch.nn.Linear(2, 3),
  Sequential: () => new torch.nn.Sequential(new torch.nn.Linear(2, 3), new torch.nn.ReLU()),
  SGD: () => new torch.optim.SGD(new torch.nn.Linear(2, 3).parameters(), { lr: 0.1 }),
  Adam: () => new torch.optim.Adam(new torch.nn.Linear(2, 3).parameters()),
}

export interface Targets {
  functions: Target[]
  methods: Target[]
  /** Methods of other classes, each with a maker of its object. */
  others: { target: Target; make: () => Argument }[]
}

export function findTargets(): Targets {
  const functions: Target[] = []
  walk('torch', torch as unknown as Record<string, unknown>, new Set(), functions)
  const methods = members('Tensor', torch.Tensor.prototype, 'Tensor')
  const others = Object.entries(instances).flatMap(([name, make]) => {
    const sample = make()
    // A module is a function: its own call is a target too.
    const own: Target[] =
      typeof sample === 'function'
        ? [{ name: `${name}()`, owner: 'instance', invoke: (self, args) => (self as Callable)(...args) }]
        : []
    const start = Object.getPrototypeOf(sample) as object
    return [...own, ...members(name, start, 'instance')].map(target => ({
      target,
      make: () => ({ value: make(), text: name }),
    }))
  })
  return { functions, methods, others }
}
