/** `gradcheck` and `gradgradcheck` of one module of the database, as PyTorch's own test_modules.py does them. */
import * as torch from 'torch-node'
import { native } from '#lib/_C/native.js'
import type { Tensor } from '#lib/tensor.js'
import { callModule, type MadeModule, type ModuleCase, makeModule } from './module_db.js'

const { gradcheck, gradgradcheck } = torch.autograd

export type Order = 'grad' | 'gradgrad'

/** Whole Jacobians up to so many elements of inputs, parameters and outputs; random directions beyond, as PyTorch's own run. */
const WHOLE = 150

/** The tensors of nested arguments, or the same nest with others in their places. */
function flatten(value: unknown, into: Tensor[]): void {
  if (native.isTensor(value)) into.push(value as Tensor)
  else if (Array.isArray(value)) for (const item of value) flatten(item, into)
}

function unflatten(value: unknown, from: Iterator<Tensor>): unknown {
  if (native.isTensor(value)) return from.next().value
  return Array.isArray(value) ? value.map(item => unflatten(item, from)) : value
}

const elementsIn = (tensors: readonly Tensor[]): number => tensors.reduce((sum, t) => sum + t.numel(), 0)

/**
 * Checks derivatives with respect to inputs and parameters together, and with `partial` those of each parameter and each
 * keyword's tensor by itself.
 *
 * @returns how many checks that were
 * @throws GradcheckError where they are wrong, TorchError where LibTorch has none
 */
export function checkModule(sample: ModuleCase, bytes: Uint8Array, order: Order, partial: boolean): number {
  const made = makeModule(sample, bytes)
  const { module, args, kwargs } = made
  // A lazy module has no parameters before it sees an input.
  const first: Tensor[] = []
  flatten(torch.no_grad(made.call), first)
  const parameters = module.parameters()
  const keywords = Object.keys(kwargs).filter(name => native.isTensor(kwargs[name]))
  const given: unknown[] = [...args, ...keywords.map(name => kwargs[name])]
  const tensors: Tensor[] = []
  flatten(given, tensors)
  const inputs = [...tensors, ...parameters]
  const different = inputs.filter(t => t.requires_grad)
  const fast = elementsIn([...different, ...first]) > WHOLE
  const check = (): void => checkOnce(made, keywords, given, inputs, order, fast)
  check()
  const single = [...parameters, ...keywords.map(name => kwargs[name] as Tensor)].filter(t => t.requires_grad)
  if (!partial) return 1
  for (const t of single) t.requires_grad_(false)
  for (const t of single) {
    t.requires_grad_(true)
    check()
    t.requires_grad_(false)
  }
  return 1 + single.length
}

function checkOnce(
  { module, args, kwargs }: MadeModule,
  keywords: readonly string[],
  given: readonly unknown[],
  inputs: readonly Tensor[],
  order: Order,
  fast: boolean,
): void {
  const { inplace } = module as { inplace?: boolean }
  const f = (...tensors: Tensor[]): Tensor[] =>
    // Dropout has to drop the same elements each time.
    torch.random.fork_rng(() => {
      const own = inplace ? tensors.map(t => t.clone()) : tensors
      const filled = unflatten([...given], own[Symbol.iterator]()) as unknown[]
      const named = Object.fromEntries(keywords.map((name, i) => [name, filled[args.length + i]]))
      const outputs: Tensor[] = []
      flatten(callModule(module, filled.slice(0, args.length), { ...kwargs, ...named }), outputs)
      return outputs
    })
  const options = { fast_mode: fast }
  const right = order === 'grad' ? gradcheck(f, inputs, options) : gradgradcheck(f, inputs, options)
  if (!right) throw new Error('gradcheck gives false instead of throwing')
}
