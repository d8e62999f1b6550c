/** Python annotations and schema types as TypeScript types. */
import { splitTop } from './python.mjs'

/** Types that no JavaScript value stands for: signatures with them are left out. */
export class Unsupported extends Error {}

/** @type {Record<string, string[]>} */
const parameterTypes = {
  Tensor: ['Tensor'],
  Number: ['Scalar'],
  _complex: ['Scalar'],
  _float: ['number'],
  float: ['number'],
  _int: ['Int'],
  int: ['Int'],
  SymInt: ['Int'],
  'torch.SymInt': ['Int'],
  'torch.SymFloat': ['number'],
  IntLikeType: ['Int'],
  _bool: ['boolean'],
  bool: ['boolean'],
  str: ['string'],
  None: ['null'],
  _size: ['Size'],
  _symsize: ['Size'],
  _dtype: ['dtype'],
  _layout: ['layout'],
  DeviceLikeType: ['DeviceLike'],
  _device: ['DeviceLike'],
  Generator: ['Generator'],
  memory_format: ['memory_format'],
  'torch.memory_format': ['memory_format'],
  // A list where a tensor is meant: write `torch.tensor(list)`.
  list: [],
}

const returnTypes = {
  ...parameterTypes,
  Number: ['number | bigint | boolean'],
  _int: ['number'],
  SymInt: ['number'],
  _device: ['device'],
  Size: ['number[]'],
}

/** An annotation of a parameter. */
export function parameterType(annotation) {
  return union(alternatives(annotation, parameterTypes))
}

/** An annotation of a result. */
export function returnType(annotation) {
  if (annotation === 'None') return 'void'
  if (annotation.startsWith('torch.return_types.')) return annotation.slice('torch.'.length)
  const tuple = /^tuple\[(.*)\]$/.exec(annotation)
  if (tuple) {
    const parts = splitTop(tuple[1])
    if (parts[1] === '...') return `${returnType(parts[0])}[]`
    return `[${parts.map(returnType).join(', ')}]`
  }
  const list = /^(?:Sequence|list)\[(.*)\]$/.exec(annotation)
  if (list) return `${returnType(list[1])}[]`
  return union(alternatives(annotation, returnTypes))
}

function alternatives(annotation, table) {
  return splitTop(annotation, '|').flatMap(part => {
    if (part in table) return table[part]
    const list = /^(?:Sequence|list|tuple)\[(.*?)(?:, \.\.\.)?\]$/.exec(part)
    if (list) {
      const element = union(alternatives(list[1], table))
      if (element === 'Int') return ['Size']
      return [`readonly ${element.includes(' ') ? `(${element})` : element}[]`]
    }
    const literal = /^Literal\[(.*)\]$/.exec(part)
    if (literal) return splitTop(literal[1]).map(literalType)
    throw new Unsupported(part)
  })
}

function literalType(text) {
  if (text === 'True' || text === 'False') return text.toLowerCase()
  return `'${text.slice(1, -1)}'`
}

const order = ['Tensor', 'Scalar', 'number', 'Int', 'Size', 'boolean', 'string']

/** Joins alternatives, each once; `null` last. */
export function union(types) {
  let set = [...new Set(types)]
  if (set.includes('Scalar')) set = set.filter(type => !['number', 'Int', 'boolean'].includes(type))
  if (set.includes('Int')) set = set.filter(type => type !== 'number')
  if (set.includes('Tensor') && set.includes('Scalar'))
    set = ['TensorOrScalar', ...set.filter(type => type !== 'Tensor' && type !== 'Scalar')]
  const rank = type => (type === 'null' ? 99 : order.includes(type) ? order.indexOf(type) : 50)
  return set.sort((a, b) => rank(a) - rank(b)).join(' | ')
}

/** The union of two written types. */
export function joined(a, b) {
  const parts = type => splitTop(type, '|').flatMap(part => (part === 'TensorOrScalar' ? ['Tensor', 'Scalar'] : [part]))
  return union([...parts(a), ...parts(b)])
}

const schemaTypes = {
  Tensor: 'Tensor',
  Scalar: 'Scalar',
  int: 'Int',
  SymInt: 'Int',
  DeviceIndex: 'Int',
  float: 'number',
  bool: 'boolean',
  str: 'string',
  ScalarType: 'dtype',
  Layout: 'layout',
  Device: 'DeviceLike',
  MemoryFormat: 'memory_format',
  Generator: 'Generator',
}

/** A schema's parameter type. */
export function schemaType(type) {
  if (type.endsWith('?')) return union([...schemaType(type.slice(0, -1)).split(' | '), 'null'])
  const list = /^(.+)\[(\d*)\]$/.exec(type)
  if (list) {
    const element = schemaType(list[1])
    if (element === 'Int') return list[2] ? 'Int | Size' : 'Size'
    return `readonly ${element.includes(' ') ? `(${element})` : element}[]`
  }
  const known = schemaTypes[type]
  if (!known) throw new Unsupported(type)
  return known
}

/** A schema's results; named ones are an interface of `return_types.ts`. */
export function schemaReturns(schema) {
  const { returns } = schema
  if (returns.length === 0) return 'void'
  if (isNamed(schema)) return `return_types.${schema.name}`
  const types = returns.map(({ type }) => {
    if (type.endsWith('[]')) return `${schemaType(type.slice(0, -2))}[]`
    const result = schemaType(type)
    return { Int: 'number', DeviceLike: 'device' }[result] ?? result
  })
  return types.length === 1 ? types[0] : `[${types.join(', ')}]`
}

/** True when a schema's results are several with names of their own. */
export function isNamed(schema) {
  return schema.returns.length > 1 && schema.returns.every(({ name }) => name !== '')
}
