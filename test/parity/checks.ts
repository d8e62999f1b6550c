/** Makes one case's calls - the function, its variants, its derivatives - and compares each with Python's. */
import * as torch from 'torch-node'
import { native } from '#lib/_C/native.js'
import type { Tensor } from '#lib/tensor.js'
import { type CompareOptions, difference } from './compare.js'
import { excused, type Function, lookUp, resolve, type Target, withKeywords, withoutContents } from './resolve.js'
import { type Case, Decoder, type Encoded, type Variant } from './values.js'

/** What is compared of a case. */
export const CHECKS = ['function', 'method', 'in-place', 'alias', 'gradients', 'forward mode'] as const
export type Check = (typeof CHECKS)[number]

export type Status =
  | 'equal'
  /** The result differs, or the call threw where Python's did not. */
  | 'failing'
  /** No public function or method of that name. */
  | 'unresolved'
  /** Listed in `excused`. */
  | 'excused'
  /** Nothing to compare: the sample fails in Python too, or there is none. */
  | 'skipped'

export interface Finding {
  status: Status
  cause: string | null
}

export interface Outcome {
  /** Where the name resolved, such as `torch.linalg.inv`. */
  where: string | null
  /** What was compared, `function` always. */
  checks: Partial<Record<Check, Finding>>
}

type Keywords = Record<string, unknown>

/** The keys of a case under which Python says that a check is impossible. */
const KEYS: Partial<Record<string, Check>> = {
  method: 'method',
  aliases: 'alias',
  in_place: 'in-place',
  gradients: 'gradients',
  forward: 'forward mode',
}

export function runCase(sample: Case, bytes: Uint8Array): Outcome {
  const { name, variant } = sample
  const only = (status: Status, cause: string, where: string | null = null): Outcome => ({
    where,
    checks: { function: { status, cause } },
  })
  if (excused[name]) return only('excused', excused[name])
  const target = resolve(name, variant)
  if (!target) return only('unresolved', 'no such function or method')
  if (sample.skipped || sample.error) return only('skipped', sample.skipped ?? sample.error!, target.where)
  return { where: target.where, checks: new Run(sample, bytes, target).all() }
}

/** A decoder whose tensors that want a gradient get a tangent instead. */
class DualDecoder extends Decoder {
  constructor(
    bytes: Uint8Array,
    private readonly tangents: Encoded[],
  ) {
    super(bytes)
  }

  protected override leaf(t: Tensor): Tensor {
    const tangent = this.decode(this.tangents[this.leaves.length]!) as Tensor
    this.leaves.push(t)
    return torch.autograd.forward_ad.make_dual(t, tangent)
  }
}

/** A decoder whose tensors are all copies that may be changed. */
class CopyDecoder extends Decoder {
  protected override leaf(t: Tensor): Tensor {
    return t
  }

  protected override tensor(...args: Parameters<Decoder['tensor']>): Tensor {
    return super.tensor(...args).clone()
  }
}

class Run {
  private readonly compared: CompareOptions

  constructor(
    private readonly sample: Case,
    private readonly bytes: Uint8Array,
    private readonly target: Target,
  ) {
    this.compared = { bytes, contents: !withoutContents.has(sample.name), strides: true }
  }

  all(): Outcome['checks'] {
    const { sample } = this
    const checks: Outcome['checks'] = {}
    const decoder = new Decoder(this.bytes)
    let result: unknown
    checks.function = finding(() => {
      result = this.call(this.target.call, decoder)
      return difference(result, sample.output!, this.compared)
    })
    const { method, in_place, aliases, gradients, forward } = sample
    if (method) checks.method = finding(() => this.method(method))
    if (in_place) checks['in-place'] = finding(() => this.inPlace(in_place))
    if (aliases) checks.alias = finding(() => this.aliases(aliases))
    // Without a result there is nothing to derive.
    if (gradients && result !== undefined) checks.gradients = finding(() => this.gradients(gradients, decoder, result))
    if (forward) checks['forward mode'] = finding(() => this.forward(forward.tangents, forward.output))
    for (const [key, cause] of Object.entries(sample.cannot ?? {})) checks[KEYS[key]!] = { status: 'skipped', cause }
    return checks
  }

  private call(f: Target['call'], decoder: Decoder): unknown {
    const { sample } = this
    const args = [sample.input, ...sample.args].map(value => decoder.decode(value))
    const keywords = decoder.decode(sample.kwargs) as Keywords
    torch.manual_seed(sample.seed)
    return f(args, keywords)
  }

  private method({ name, output }: Variant): string | null {
    const method = lookUp(`Tensor.${name}`)
    if (!method) return `no method Tensor.${name}`
    const result = this.call(direct(method), new Decoder(this.bytes))
    return difference(result, output ?? this.sample.output!, this.compared)
  }

  private inPlace({ name, output, error }: NonNullable<Case['in_place']>): string | null {
    const path = name === null ? this.sample.name : `Tensor.${name}`
    const f = lookUp(path)
    if (!f) return `no method ${path}`
    let self: unknown
    const run = () =>
      this.call((args, keywords) => {
        self = args[0]
        return direct(f)(args, name === null ? { ...keywords, inplace: true } : keywords)
      }, new CopyDecoder(this.bytes))
    if (error !== undefined) return errorDifference(run, error)
    const result = run()
    if (!native.isTensor(result) || !(self as Tensor).isSame(result as Tensor)) return 'result is not the tensor itself'
    return difference(result, output!, this.compared)
  }

  private aliases(variants: readonly Variant[]): string | null {
    for (const { name, output } of variants) {
      const target = resolve(name, '')
      if (!target) return `no such function: ${name}`
      const result = this.call(target.call, new Decoder(this.bytes))
      const found = difference(result, output ?? this.sample.output!, this.compared)
      if (found) return `${target.where}: ${found}`
    }
    return null
  }

  /** For random gradients of all results, which Python draws from the same seed. */
  private gradients({ of, output }: NonNullable<Case['gradients']>, decoder: Decoder, result: unknown): string | null {
    const differentiable = tensorsIn(result).filter(t => t.requires_grad)
    if (differentiable.length === 0) return 'no result requires a gradient'
    const outputs = of === 'results' ? differentiable : differentiable.map(t => t.abs())
    torch.manual_seed(this.sample.seed)
    const cotangents = outputs.map(t => (t.layout === torch.strided ? torch.randn_like(t) : torch.ones_like(t)))
    const grads = native.gradOf(outputs, decoder.leaves, cotangents, null, false, true)
    return difference(grads, output, { bytes: this.bytes, contents: true }, 'gradient')
  }

  private forward(tangents: Encoded[], expected: Encoded): string | null {
    const { dual_level, unpack_dual } = torch.autograd.forward_ad
    return dual_level(() => {
      const result = this.call(this.target.call, new DualDecoder(this.bytes, tangents))
      const found = tensorsIn(result).map(t => unpack_dual(t).tangent)
      return difference(found, expected, { bytes: this.bytes, contents: true }, 'tangent')
    })
  }
}

const direct =
  (f: Function): Target['call'] =>
  (args, keywords) =>
    f(...withKeywords(args, keywords))

/** Whether a call that fails in Python fails here with the same words. */
function errorDifference(run: () => unknown, expected: string): string | null {
  const first = (text: string) => text.split('\n')[0]!
  try {
    run()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return first(message) === first(expected) ? null : `threw "${first(message)}", expected "${first(expected)}"`
  }
  return `did not throw "${first(expected)}"`
}

function finding(compare: () => string | null): Finding {
  try {
    const cause = compare()
    return { status: cause ? 'failing' : 'equal', cause }
  } catch (error) {
    return { status: 'failing', cause: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}

function tensorsIn(value: unknown): Tensor[] {
  if (native.isTensor(value)) return [value as Tensor]
  return Array.isArray(value) ? value.flatMap(tensorsIn) : []
}
