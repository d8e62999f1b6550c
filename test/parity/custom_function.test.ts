/** Functions with a backward of their own: right by differences, and Python's with the same functions in Python. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'
import { type CustomCase, customCases } from './custom_function.js'
import { expectClose, numbers } from './numbers.js'
import { python, runPython } from './python.js'

type Tensor = torch.Tensor
const { forward_ad, grad, gradcheck, gradgradcheck } = torch.autograd

const seed = Math.floor(Math.random() * 2 ** 31)
const refusal = 'trying to differentiate twice a function that was marked with @once_differentiable'

const dtypeOf = ({ complex }: CustomCase) => (complex ? torch.complex128 : torch.float64)

function draw(sample: CustomCase): Tensor[] {
  torch.manual_seed(seed)
  return sample.shapes.map(shape => torch.randn(shape, { dtype: dtypeOf(sample), requires_grad: true }))
}

const listed = (value: Tensor | Tensor[]): Tensor[] => (Array.isArray(value) ? value : [value])

function loss(tensors: readonly Tensor[]): Tensor {
  const squares = tensors.map(t => (t.is_complex() ? torch.real(t.mul(t.conj())) : t.mul(t)).sum())
  return squares.reduce((sum, square) => sum.add(square))
}

describe.each(customCases.map(sample => [sample.name, sample] as const))('%s', (_, sample) => {
  it('has the derivatives that differences show', () => {
    const options = { check_forward_ad: sample.forward ?? false }
    expect(gradcheck(sample.run, draw(sample), options)).toBe(true)
    expect(gradcheck(sample.run, draw(sample), { ...options, fast_mode: true })).toBe(true)
    if (sample.once) expect(() => gradgradcheck(sample.run, draw(sample))).toThrow(refusal)
    else expect(gradgradcheck(sample.run, draw(sample))).toBe(true)
  })
})

interface Told {
  outputs: unknown
  names: string[]
  first: unknown
  second?: unknown
  error?: string
  tangents?: unknown
}

describe.skipIf(!python)('functions with a backward of their own are those of Python', () => {
  const program = readFileSync(join(packageRoot, 'test/parity/custom_function.py'), 'utf8')
  const told = python ? (JSON.parse(runPython(program, { args: [`${seed}`] })) as Record<string, Told>) : {}

  it('has the same cases', () => {
    expect(Object.keys(told)).toEqual(customCases.map(({ name }) => name))
  })

  for (const sample of customCases)
    it(sample.name, () => {
      const wanted = told[sample.name]!
      const close = (mine: unknown, theirs: unknown, what: string) =>
        expectClose(mine, theirs, `${what}, seed ${seed}`, 1e-10)
      const inputs = draw(sample)
      const outputs = listed(sample.run(...inputs))
      close(numbers(outputs), wanted.outputs, 'outputs')
      const recorded = outputs.filter(output => output.requires_grad)
      expect(recorded.map(output => output.grad_fn!.name())).toEqual(wanted.names)
      const first = grad(loss(recorded), inputs, null, { create_graph: true })
      close(numbers(first), wanted.first, 'gradients')
      if (wanted.error !== undefined) expect(() => loss(first).backward()).toThrow(wanted.error)
      else close(numbers(grad(loss(first), inputs)), wanted.second, 'second derivatives')
      if (wanted.tangents === undefined) return
      const tangents = sample.shapes.map(shape => torch.randn(shape, { dtype: dtypeOf(sample) }))
      const derived = forward_ad.dual_level(() => {
        const duals = inputs.map((x, i) => forward_ad.make_dual(x.detach(), tangents[i]!))
        return listed(sample.run(...duals)).map(output => numbers(forward_ad.unpack_dual(output).tangent!))
      })
      close(derived, wanted.tangents, 'tangents')
    })
})
