/** Prints tensors exactly as Python does. */
import { callByName } from './_C/call.js'
import { modeBlock } from './_C/modes.js'
import { native } from './_C/native.js'
import { type Element, Formatter } from './_formatter.js'
import { printOptions } from './_printoptions.js'
import { floatRepr } from './_python_format.js'
import type { Complex } from './complex.js'
import { bool, complex64, complex128, dtypes, float64, int64 } from './dtype.js'
import { tupleText } from './size.js'
import type { Tensor } from './tensor.js'

/** `tolist` of a tensor: elements in arrays in arrays. */
type Nest = Element | Complex | Nest[]

/** What the nested arrays of one tensor are written with. */
interface Style {
  real: Formatter
  imag: Formatter | null
  /** For each dimension: are there elements that the arrays leave out? */
  cut: readonly boolean[]
}

const invoke = (name: string, ...args: unknown[]): unknown => callByName(`aten::${name}`, null, ...args)
const tensorOf = (name: string, ...args: unknown[]): Tensor => invoke(name, ...args) as Tensor

/** The first and last items of every dimension that is too long to show. */
function edges(t: Tensor, cut: readonly boolean[]): Tensor {
  const count = printOptions.edgeitems
  let rest = t
  for (const [dim, isCut] of cut.entries()) {
    if (!isCut) continue
    const first = tensorOf('narrow', rest, dim, 0, count)
    const last = tensorOf('narrow', rest, dim, rest.shape[dim]! - count, count)
    rest = tensorOf('cat', [first, last], dim)
  }
  return rest
}

function elementText(value: Element | Complex, style: Style): string {
  if (!style.imag) return style.real.format(value as Element)
  const { re, im } = value as Complex
  const imag = `${style.imag.format(im)}j`.trimStart()
  return style.real.format(re) + (/^[+-]/.test(imag) ? imag : `+${imag}`)
}

function vectorText(items: readonly (Element | Complex)[], indent: number, style: Style): string {
  const width = style.real.width + 2 + (style.imag ? style.imag.width + 1 : 0)
  const perLine = Math.max(1, Math.floor((printOptions.linewidth - indent) / width))
  const texts = items.map(item => elementText(item, style))
  if (style.cut.at(-1)) texts.splice(printOptions.edgeitems, 0, ' ...')
  const lines: string[] = []
  for (let i = 0; i < texts.length; i += perLine) lines.push(texts.slice(i, i + perLine).join(', '))
  return `[${lines.join(`,\n${' '.repeat(indent + 1)}`)}]`
}

function nestText(nest: Nest, dim: number, indent: number, style: Style): string {
  const depth = style.cut.length - dim
  if (depth === 0) return elementText(nest as Element | Complex, style)
  const items = nest as Nest[]
  if (depth === 1) return vectorText(items as (Element | Complex)[], indent, style)
  const texts = items.map(item => nestText(item, dim + 1, indent + 1, style))
  if (style.cut[dim]) texts.splice(printOptions.edgeitems, 0, '...')
  return `[${texts.join(`,${'\n'.repeat(depth - 1)}${' '.repeat(indent + 1)}`)}]`
}

function flatten(nest: Nest, into: (Element | Complex)[]): (Element | Complex)[] {
  if (!Array.isArray(nest)) into.push(nest)
  else for (const item of nest) flatten(item, into)
  return into
}

function makeStyle(nest: Nest, dtype: Tensor['dtype'], cut: readonly boolean[]): Style {
  const flat = flatten(nest, [])
  if (!dtype.is_complex) return { real: new Formatter(flat as Element[], dtype.is_floating_point), imag: null, cut }
  const numbers = flat as Complex[]
  return {
    real: new Formatter(
      numbers.map(value => value.re),
      true,
    ),
    imag: new Formatter(
      numbers.map(value => value.im),
      true,
    ),
    cut,
  }
}

/** The numbers alone, in brackets. */
function contents(t: Tensor, indent: number): string {
  if (t.numel() === 0) return '[]'
  const summarize = t.numel() > printOptions.threshold
  if (summarize && printOptions.edgeitems === 0 && t.ndim > 0) return '[...]'
  const cut = t.shape.map(size => summarize && size > 2 * printOptions.edgeitems)
  const shown = edges(t, cut)
  const nest = shown.tolist() as Nest
  return nestText(nest, 0, indent, makeStyle(nest, t.dtype, cut))
}

/** One of the tensors that a sparse tensor is made of: `indices=tensor(…)`. */
function partText(label: string, part: Tensor, indent: number, isMeta: boolean): string {
  const prefix = `${label}=tensor(`
  const text = isMeta ? '...' : contents(part, indent + prefix.length)
  const size = isMeta || part.numel() === 0 ? `, size=${tupleText(part.shape)}` : ''
  return `${prefix}${text}${size})`
}

/** The names of a compressed layout's index tensors and how they are labelled. */
const compressed: Record<string, { methods: [string, string]; labels: [string, string] }> = {
  sparse_csr: { methods: ['crow_indices', 'col_indices'], labels: ['crow_indices', 'col_indices'] },
  sparse_bsr: { methods: ['crow_indices', 'col_indices'], labels: ['crow_indices', 'col_indices'] },
  sparse_csc: { methods: ['ccol_indices', 'row_indices'], labels: ['ccol_indices', 'row_indices'] },
  sparse_bsc: { methods: ['ccol_indices', 'row_indices'], labels: ['ccol_indices', 'row_indices'] },
}

function sparseText(t: Tensor, indent: number, suffixes: string[], hasDefaultDtype: boolean): string {
  const parts = compressed[t.layout.name]
  suffixes.push(`size=${tupleText(t.shape)}`)
  if (!t.is_meta) suffixes.push(`nnz=${invoke('_nnz', t)}`)
  if (!hasDefaultDtype) suffixes.push(`dtype=${t.dtype}`)
  const names = parts ? [...parts.methods, 'values'] : ['_indices', '_values']
  const labels = parts ? [...parts.labels, 'values'] : ['indices', 'values']
  const texts = names.map((name, i) => partText(labels[i]!, tensorOf(name, t).detach(), indent, t.is_meta))
  return texts.join(`,\n${' '.repeat(indent)}`)
}

/** The tensors inside, each line a step to the right. */
function nestedText(t: Tensor): string {
  const texts = (invoke('unbind', t) as Tensor[]).map(part => describe(part).replace(/^/gm, '  '))
  return `[\n${texts.join(',\n')}\n]`
}

function quantizedText(t: Tensor, indent: number, suffixes: string[]): string {
  const scheme = t.qscheme()
  suffixes.push(`size=${tupleText(t.shape)}`, `dtype=${t.dtype}`, `quantization_scheme=${scheme}`)
  if (scheme.name.startsWith('per_tensor')) {
    suffixes.push(`scale=${floatRepr(Number(invoke('q_scale', t)))}`, `zero_point=${invoke('q_zero_point', t)}`)
  } else {
    suffixes.push(`scale=${invoke('q_per_channel_scales', t)}`, `zero_point=${invoke('q_per_channel_zero_points', t)}`)
    suffixes.push(`axis=${invoke('q_per_channel_axis', t)}`)
  }
  return contents(tensorOf('dequantize', t), indent)
}

function denseText(t: Tensor, indent: number, suffixes: string[], hasDefaultDtype: boolean): string {
  const isDefault = t.dtype.scalarType === native.getDefaultDtype()
  if (t.is_meta) {
    suffixes.push(`size=${tupleText(t.shape)}`)
    if (!isDefault) suffixes.push(`dtype=${t.dtype}`)
    return '...'
  }
  if (t.numel() === 0) {
    if (t.ndim !== 1) suffixes.push(`size=${tupleText(t.shape)}`)
    if (!isDefault) suffixes.push(`dtype=${t.dtype}`)
    return '[]'
  }
  if (printOptions.edgeitems === 0) suffixes.push(`size=${tupleText(t.shape)}`)
  if (!hasDefaultDtype) suffixes.push(`dtype=${t.dtype}`)
  return contents(t.layout.name === 'strided' ? t : tensorOf('to_dense', t), indent)
}

/** `, dtype=torch.int32, …)`, each on the line where it fits. */
function withSuffixes(text: string, suffixes: readonly string[], indent: number, newline: boolean): string {
  let result = text
  let lineLength = text.length - text.lastIndexOf('\n') + 1
  for (const [i, suffix] of suffixes.entries()) {
    if ((newline && i === 0) || lineLength + suffix.length + 2 > printOptions.linewidth) {
      result += `,\n${' '.repeat(indent)}${suffix}`
      lineLength = indent + suffix.length
    } else {
      result += `, ${suffix}`
      lineLength += suffix.length + 2
    }
  }
  return `${result})`
}

function gradSuffix(t: Tensor): string | null {
  try {
    const name = t.grad_fn?.constructorName
    if (name !== undefined) return `grad_fn=<${name}>`
  } catch {
    // A view that was changed in place in two different grad modes has no valid graph.
    return 'grad_fn=<Invalid>'
  }
  return t.requires_grad ? 'requires_grad=True' : null
}

function describe(t: Tensor): string {
  const className = t.constructor.name
  const isNested = t.is_nested
  const isPlain = className === 'Tensor' || className === 'Parameter'
  const prefix = isNested ? 'nested_tensor(' : isPlain ? 'tensor(' : `${className}(`
  const indent = prefix.length
  const suffixes: string[] = []
  if (t.device.type !== 'cpu') suffixes.push(`device='${t.device}'`)
  const defaultDtype = dtypes[native.getDefaultDtype()]
  const defaultComplex = defaultDtype === float64 ? complex128 : complex64
  const hasDefaultDtype =
    t.dtype === defaultDtype || t.dtype === defaultComplex || t.dtype === int64 || t.dtype === bool
  let text: string
  if (t.is_sparse || Object.hasOwn(compressed, t.layout.name)) text = sparseText(t, indent, suffixes, hasDefaultDtype)
  else if (isNested) text = nestedText(t)
  else if (t.is_quantized) text = quantizedText(t, indent, suffixes)
  else text = denseText(t, indent, suffixes, hasDefaultDtype)
  if (t.layout.name !== 'strided') suffixes.push(`layout=${t.layout}`)
  const grad = gradSuffix(t)
  if (grad) suffixes.push(grad)
  return withSuffixes(prefix + text, suffixes, indent, t.is_sparse)
}

/** Python's `str(t)`. @internal */
export function tensorStr(t: Tensor): string {
  if (native.isDisposed(t)) return 'tensor(<disposed>)'
  const block = modeBlock({ grad: false, scope: 0 })
  try {
    return describe(t)
  } finally {
    block[Symbol.dispose]()
  }
}
