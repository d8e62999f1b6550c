/** Decides what the facade holds: which public name calls which operator, with which signatures and which text. */
import { describe } from './describe.mjs'
import { attachedDocstrings, parseDocstring } from './docs.mjs'
import { bindings, tensorHandwritten, torchHandwritten } from './handwritten.mjs'
import { classBody, parseFunctions } from './parse_stubs.mjs'
import { parseNativeFunctions } from './parse_yaml.mjs'
import { fromSchemas, fromStub, merged, pythonSignature } from './signatures.mjs'

/**
 * @typedef {object} Entry
 * @property {string} name      the public name
 * @property {string} operator  ATen's name
 * @property {import('./describe.mjs').Group[]} groups
 * @property {string} link      the PyTorch page, '' without one
 * @property {boolean} bound    the body is in `lib/_C/binding.ts`
 */

const site = 'https://docs.pytorch.org/docs/stable/generated'
/** Underscore names that PyTorch's own optimizers and users call on `torch`. */
const usedPrivately = /^_(?:foreach|fused_(?:adam|adamw|sgd|adagrad)_$)/

export function buildFacade(sources) {
  const schemas = groupBy(parseNativeFunctions(sources.schemas), schema => schema.name)
  const functions = groupBy(parseFunctions(sources.variableFunctions), stub => stub.name)
  const methods = groupBy(parseFunctions(classBody(sources.tensor, 'TensorBase'), '    '), stub => stub.name)
  checkTable(torchHandwritten, name => functions.has(name) && schemas.has(name))
  checkTable(tensorHandwritten, name => methods.has(name) && schemas.has(name))
  const docs = collectDocs(functions, methods, sources)
  /** Stubs that the facade leaves out. */
  const dropped = []
  const world = { schemas, docs, dropped }
  return {
    version: /__version__ = '([\d.]+)/.exec(sources.version)[1],
    operators: [...schemas.keys()].sort(),
    schemas,
    torch: fromStubs(world, functions, name => isPublic(name) && !(name in torchHandwritten), 'torch.'),
    tensor: fromStubs(world, methods, name => !(name in tensorHandwritten), 'torch.Tensor.'),
    linalg: namespace(world, 'linalg', sources.linalg),
    fft: namespace(world, 'fft', sources.fft),
    special: namespace(world, 'special', sources.special),
    nn: neuralNetwork(world),
    dropped,
  }
}

/** A row without effect is a mistake or out of date. */
function checkTable(table, generated) {
  const idle = Object.keys(table).filter(name => !generated(name))
  if (idle.length > 0) throw new Error(`handwritten.mjs: would not be generated anyway: ${idle.join(', ')}`)
}

function isPublic(name) {
  return !name.startsWith('_') || usedPrivately.test(name)
}

function groupBy(list, key) {
  const groups = new Map()
  for (const item of list) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}

/** @returns {Entry[]} */
function fromStubs({ schemas, docs, dropped }, stubs, wanted, prefix) {
  const method = prefix === 'torch.Tensor.'
  const result = []
  for (const [name, alike] of stubs) {
    if (!schemas.has(name) || !wanted(name)) continue
    const bound = bindings.has(name)
    const signatures = []
    for (const stub of alike) {
      const signature = fromStub(stub, schemas.get(name), { method, verbatim: bound })
      if (signature) signatures.push(signature)
      else dropped.push(prefix + pythonSignature(name, stub))
    }
    // A stub may know less than the schemas: `Tensor.set_` of another tensor.
    if (signatures.length === 0) signatures.push(...fromSchemas(schemas.get(name), { method }))
    if (signatures.length === 0) continue
    const { own, link } = documentation(name, alike[0].doc, prefix, docs)
    result.push({ name, operator: name, groups: describe(name, merged(signatures), own, docs), link, bound })
  }
  return sorted(result)
}

/** The public names of a namespace are those that its Python file gives a docstring. @returns {Entry[]} */
function namespace({ schemas, docs }, module, source) {
  const result = []
  for (const [target, { name }] of attachedDocstrings(source)) {
    const operator = target.replace(/^_\w+\./, '')
    if (!name || !schemas.has(operator)) continue
    const signatures = merged(fromSchemas(schemas.get(operator)))
    const groups = describe(name, signatures, docs.get(`torch.${module}.${name}`) ?? [], docs)
    if (signatures.length > 0)
      result.push({ name, operator, groups, link: `${site}/torch.${module}.${name}.html`, bound: false })
  }
  return sorted(result)
}

/** `torch._C._nn`: what nn.functional is written over, so what its docstrings say of arguments does not hold. @returns {Entry[]} */
function neuralNetwork({ schemas, docs }) {
  const result = []
  for (const [name, alike] of schemas) {
    if (!alike.some(schema => schema.module === 'nn' && !schema.isOut) || name.includes('_backward')) continue
    const signatures = merged(fromSchemas(alike))
    if (signatures.length === 0) continue
    const functional = `torch.nn.functional.${name.replace(/_$/, '')}`
    const texts = (docs.get(functional) ?? []).slice(0, 1)
    const sections = texts.map(text => ({ ...text, signature: '', parameters: new Map() }))
    const link = texts.length > 0 ? `${site}/${functional}.html` : ''
    result.push({ name, operator: name, groups: describe(name, signatures, sections, docs), link, bound: false })
  }
  return sorted(result)
}

function sorted(entries) {
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Docstrings by full name; `torch.conv2d` and the like have theirs in nn/functional.py. */
function collectDocs(functions, methods, sources) {
  const docs = new Map()
  for (const [target, { doc }] of attachedDocstrings(sources.functional)) {
    const name = target.replace(/^torch\.(?:_C\._nn\.)?/, '')
    docs.set(`torch.nn.functional.${name}`, parseDocstring(doc))
  }
  for (const { name, doc } of parseFunctions(sources.functional)) {
    const full = `torch.nn.functional.${name}`
    if (doc !== '' && !name.startsWith('_') && !docs.has(full)) docs.set(full, parseDocstring(doc))
  }
  for (const [prefix, stubs] of [
    ['torch.Tensor.', methods],
    ['torch.', functions],
  ])
    for (const [name, alike] of stubs) if (alike[0].doc) docs.set(prefix + name, parseDocstring(alike[0].doc))
  for (const module of ['linalg', 'fft', 'special']) {
    for (const { name, doc } of attachedDocstrings(sources[module]).values())
      if (name) docs.set(`torch.${module}.${name}`, parseDocstring(doc))
  }
  return docs
}

/** A function's own docstring and page, else what the functional or the function that it changes in place says. */
function documentation(name, doc, prefix, docs) {
  if (doc !== '') return { own: parseDocstring(doc), link: `${site}/${prefix}${name}.html` }
  const functional = `torch.nn.functional.${name}`
  if (docs.has(functional)) return { own: docs.get(functional), link: `${site}/${functional}.html` }
  const text = derivedText(name, docs)
  return { own: text === null ? [] : [{ signature: '', names: [], parameters: new Map(), ...text }], link: '' }
}

/** What `abs_` and `_foreach_abs` do follows from `abs`. */
function derivedText(name, docs) {
  const plain = name.replace(/^_foreach_/, '').replace(/_$/, '')
  const inPlace = name.endsWith('_')
  if (name.startsWith('_foreach_'))
    return { summary: `\`${plain}\` on every tensor of a list at once${inPlace ? ', in place' : ''}.`, see: '' }
  const see = [`torch.${plain}`, `torch.nn.functional.${plain}`].find(full => docs.has(full))
  return inPlace && see ? { summary: `In-place version of \`${see}\`.`, see } : null
}
