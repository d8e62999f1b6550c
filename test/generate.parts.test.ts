import { describe, expect, test } from 'vitest'

interface Parameter {
  name: string
  type: string
  fallback: string | null
  keywordOnly: boolean
  variadic: boolean
}
interface Signature {
  parameters: Parameter[]
  returns: string
  selfIndex: number
}

/** The generator is plain JavaScript that runs before anything is compiled. */
const part = <T>(name: string) => import(new URL(`../scripts/generate/${name}.mjs`, import.meta.url).href) as Promise<T>

const { parseFunctions } = await part<{
  parseFunctions(text: string): { name: string; parameters: Parameter[]; returns: string; doc: string }[]
}>('parse_stubs')
const { parseSchema } = await part<{
  parseSchema(line: string): { name: string; overload: string; arguments: object[]; returns: object[]; isOut: boolean }
}>('parse_yaml')
const { fromStub, merged, overloads } = await part<{
  fromStub(stub: object, schemas: object[], options?: object): Signature | null
  merged(signatures: Signature[]): Signature[]
  overloads(signature: Signature): string[]
}>('signatures')
const { inline, math } = await part<{ inline(rst: string): string; math(tex: string): string }>('rst')
const { parseDocstring } = await part<{
  parseDocstring(
    doc: string,
  ): { signature: string; names: string[]; summary: string; parameters: Map<string, string> }[]
}>('docs')

const stubOf = (text: string) => parseFunctions(text)[0]!

test('a stub: defaults with commas, literals, variadics, docstrings', () => {
  const [stub] = parseFunctions(
    'def f(\n    input: Tensor,\n    dim: tuple[int, ...] = (0, 1),\n    *,\n    mode: Literal["a,b"] = "a,b",  # why\n) -> Tensor:\n    r"""\n    f(x)\n\n      deep\n    """\n\ndef g(*size: _int) -> None: ...\n',
  )
  expect(stub!.parameters.map(p => [p.name, p.type, p.fallback, p.keywordOnly])).toEqual([
    ['input', 'Tensor', null, false],
    ['dim', 'tuple[int, ...]', '(0, 1)', false],
    ['mode', 'Literal["a,b"]', '"a,b"', true],
  ])
  expect(stub).toMatchObject({ name: 'f', returns: 'Tensor', doc: 'f(x)\n\n  deep' })
})

test('a schema: alias marks, defaults, out arguments, named results', () => {
  const line =
    'max.dim_max(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) max, Tensor(b!) max_values) -> (Tensor(a!) values, Tensor(b!) indices)'
  expect(parseSchema(line)).toMatchObject({
    name: 'max',
    overload: 'dim_max',
    isOut: true,
    arguments: [{ name: 'self' }, { name: 'dim' }, { name: 'keepdim', fallback: 'False' }, { type: 'Tensor' }, {}],
    returns: [
      { name: 'values', type: 'Tensor' },
      { name: 'indices', type: 'Tensor' },
    ],
  })
  expect(parseSchema('chunk(Tensor(a -> *) self, int chunks) -> Tensor(a)[]')).toMatchObject({
    isOut: false,
    arguments: [{ type: 'Tensor' }, { type: 'int' }],
    returns: [{ type: 'Tensor[]' }],
  })
})

describe('signatures', () => {
  const schemas = [
    parseSchema('sum(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor'),
  ]
  const stub = stubOf(
    'def sum(input: Tensor, dim: _int | _size | None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor: ...',
  )

  test('every prefix may be followed by the rest in an object', () => {
    expect(overloads(fromStub(stub, schemas)!)).toEqual([
      'input: Tensor, dim: Int | Size | null, keepdim?: boolean, keywords?: { dtype?: dtype | null }',
      'input: Tensor, dim: Int | Size | null, keywords: { keepdim?: boolean; dtype?: dtype | null }',
      'input: Tensor, keywords: { dim: Int | Size | null; keepdim?: boolean; dtype?: dtype | null }',
      'keywords: { input: Tensor; dim: Int | Size | null; keepdim?: boolean; dtype?: dtype | null }',
    ])
  })

  test('a deprecated order, which no schema takes, is left out', () => {
    const add = parseSchema('add(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor')
    expect(fromStub(stubOf('def add(self: Tensor, alpha: Number, other: Tensor) -> Tensor: ...'), [add])).toBeNull()
  })

  test('a changed tensor is `this`, and keywords start behind what stands before it', () => {
    const where = parseSchema('where_(Tensor condition, Tensor(a!) self, Tensor other) -> Tensor(a!)')
    const method = stubOf('def where_(self, condition: Tensor, other: Tensor) -> Tensor: ...')
    const signature = fromStub(method, [where], { method: true })!
    expect(signature).toMatchObject({ returns: 'this', selfIndex: 1 })
    expect(overloads(signature)).toEqual([
      'condition: Tensor, other: Tensor',
      'condition: Tensor, keywords: { other: Tensor }',
    ])
  })

  test('two that differ in one type become one', () => {
    const pow = ['Tensor', 'Number'].map(type => {
      const exponent = parseSchema('pow(Tensor self, Tensor exponent) -> Tensor')
      return fromStub(stubOf(`def pow(input: Tensor, exponent: ${type}) -> Tensor: ...`), [exponent])!
    })
    expect(merged(pow).map(s => overloads(s)[0])).toEqual(['input: Tensor, exponent: TensorOrScalar'])
  })
})

test('rst and TeX become text', () => {
  expect(math('\\text{out}_{i} = \\frac{x_i}{\\sqrt{\\sigma^2 + \\epsilon}} \\in \\mathbb{R}^{n \\times n}')).toBe(
    'out_i = x_i / (√(σ^2 + ε)) ∈ ℝ^(n × n)',
  )
  expect(inline('See :func:`torch.add` and :attr:`dim`; ``None`` is :ref:`fine <why>` */')).toBe(
    'See `torch.add` and `dim`; `null` is fine *\\/',
  )
})

test('a docstring: signature, first paragraph, arguments in a sentence', () => {
  const [section] = parseDocstring(
    'amax(input, dim=(), keepdim=False) -> Tensor\n\n.. note:: skip\n\nReturns the maximum.\n\nMore.\n\nArgs:\n    input (Tensor): the input\n        tensor. More.\n    dim (int): the dimension. Very long. Default: ``()``.\n\nExample::\n\n    >>> x: y\n',
  )
  expect(section).toMatchObject({ names: ['input', 'dim', 'keepdim'], summary: 'Returns the maximum.' })
  expect([...section!.parameters]).toEqual([
    ['input', 'the input tensor'],
    ['dim', 'the dimension. Default: `()`'],
  ])
})
