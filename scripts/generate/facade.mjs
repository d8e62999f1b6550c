/** Decides what the facade holds: which public name calls which operator, with which signatures and which text. */
import { attachedDocstrings, parseDocstring } from './docs.mjs'
import { tensorHandwritten, torchHandwritten } from './handwritten.mjs'
import { classBody, parseFunctions } from './parse_stubs.mjs'
import { parseNativeFunctions } from './parse_yaml.mjs'
import { fromSchemas, fromStub, pythonSignature } from './signatures.mjs'

/**
 * @typedef {object} Description  what the doc comment of a signature says
 * @property {import('./docs.mjs').Section | null} origin  signatures of one origin share a comment
 * @property {string} signature  in Python
 * @property {string} summary
 * @property {Map<string, string>} parameters
 *
 * @typedef {object} Entry
 * @property {string} name      the public name
 * @property {string} operator  ATen's name
 * @property {{ signature: import('./signatures.mjs').Signature, section: Description }[]} signatures
 * @property {string} link      the PyTorch page, '' without one
 */

const site = 'https://docs.pytorch.org/docs/stable/generated'
/** Underscore names that PyTorch's own optimizers and users call on `torch`. */
const usedPrivately = /^_(?:foreach|fused_(?:adam|adamw|sgd|adagrad)_$)/

export function buildFacade(sources) {
  const schemas = parseNativeFunctions(sources.schemas)
  const byName = Map.groupBy ? Map.groupBy(schemas, s => s.name) : groupBy(schemas, s => s.name)
  const stubs = groupBy(parseFunctions(sources.variableFunctions), f => f.name)
  const methods = groupBy(parseFunctions(classBody(sources.tensor, 'TensorBase'), '    '), f => f.name)
  const docs = torchDocs(stubs)
  for (const [name, sections] of namespaceDocs(sources)) docs.set(name, sections)

  const dropped = []
  const torch = entries(stubs, name => isPublic(name) && byName.has(name) && !(name in torchHandwritten), {
    byName,
    docs,
    dropped,
    prefix: 'torch.',
    method: false,
  })
  const tensor = entries(methods, name => byName.has(name) && !(name in tensorHandwritten), {
    byName,
    docs,
    dropped,
    prefix: 'torch.Tensor.',
    method: true,
  })
  return {
    version: /__version__ = '([\d.]+)/.exec(sources.version)[1],
    operators: [...byName.keys()].sort(),
    schemas: byName,
    torch,
    tensor,
    linalg: namespace('linalg', sources.linalg, byName, docs),
    fft: namespace('fft', sources.fft, byName, docs),
    special: namespace('special', sources.special, byName, docs),
    nn: neuralNetwork(schemas, byName, docs),
    dropped,
  }
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
function entries(stubs, wanted, { byName, docs, dropped, prefix, method }) {
  const result = []
  for (const [name, group] of stubs) {
    if (!wanted(name)) continue
    const own = parseDocstring(group[0].doc)
    const signatures = []
    for (const stub of group) {
      const signature = fromStub(stub, byName.get(name), { method })
      if (!signature) dropped.push(`${prefix}${pythonSignature(name, stub)}`)
      else signatures.push({ signature, section: describe(name, signature, own, docs) })
    }
    if (signatures.length === 0) {
      for (const signature of fromSchemas(byName.get(name), { method }))
        signatures.push({ signature, section: describe(name, signature, own, docs) })
    }
    if (signatures.length === 0) continue
    result.push({ name, operator: name, signatures, link: group[0].doc ? `${site}/${prefix}${name}.html` : '' })
  }
  return result.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The public names of a namespace are those that its Python file gives a docstring. @returns {Entry[]} */
function namespace(module, source, byName, docs) {
  const result = []
  for (const [target, { name }] of attachedDocstrings(source)) {
    const operator = target.replace(/^_\w+\./, '')
    if (!name || !byName.has(operator)) continue
    const signatures = fromSchemas(byName.get(operator)).map(signature => ({
      signature,
      section: describe(name, signature, docs.get(`torch.${module}.${name}`) ?? [], docs),
    }))
    if (signatures.length > 0) result.push({ name, operator, signatures, link: `${site}/torch.${module}.${name}.html` })
  }
  return result.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** `torch._C._nn`, what nn.functional is written over. @returns {Entry[]} */
function neuralNetwork(schemas, byName, docs) {
  const names = new Set(schemas.filter(s => s.module === 'nn' && !s.isOut).map(s => s.name))
  const result = []
  for (const name of [...names].sort()) {
    if (name.includes('_backward')) continue
    const documented = docs.get(`torch.nn.functional.${name}`) ?? []
    const signatures = fromSchemas(byName.get(name)).map(signature => ({
      signature,
      section: describe(name, signature, documented, docs),
    }))
    const link = documented.length > 0 ? `${site}/torch.nn.functional.${name.replace(/_$/, '')}.html` : ''
    if (signatures.length > 0) result.push({ name, operator: name, signatures, link })
  }
  return result
}

function torchDocs(stubs) {
  return new Map([...stubs].map(([name, group]) => [`torch.${name}`, parseDocstring(group[0].doc)]))
}

function* namespaceDocs(sources) {
  for (const module of ['linalg', 'fft', 'special']) {
    for (const { name, doc } of attachedDocstrings(sources[module]).values())
      if (name) yield [`torch.${module}.${name}`, parseDocstring(doc)]
  }
  for (const [target, { doc }] of attachedDocstrings(sources.functional)) {
    const name = target.replace(/^torch\.(?:_C\._nn\.)?/, '')
    yield [`torch.nn.functional.${name}`, parseDocstring(doc)]
  }
}

/** The section of the docstring that fits a signature best, completed from the function that it refers to. */
function describe(name, signature, sections, docs) {
  const names = signature.parameters.map(p => p.name)
  const python = pythonSignature(name, signature)
  const best = closest(sections, names)
  if (!best) return { origin: null, signature: python, summary: '', parameters: new Map() }
  const target = best.see === '' ? null : closest(docs.get(qualified(best.see)) ?? [], names)
  const summary = [best.summary, target?.summary ?? (best.summary === '' ? `See \`${best.see}\`.` : '')]
  return {
    origin: best,
    signature: best.signature === '' ? python : best.signature,
    summary: summary
      .filter(text => text !== '')
      .map(text => (/[.:!)]$/.test(text) ? text : `${text}.`))
      .join(' '),
    parameters: new Map([...(target?.parameters ?? []), ...best.parameters]),
  }
}

function qualified(see) {
  const name = see
    .replace(/^~/, '')
    .replace(/^(?:torch\.)?Tensor\./, 'torch.')
    .replace(/_$/, '')
  return name.startsWith('torch.') ? name : `torch.${name}`
}

function closest(sections, names) {
  const distance = section => {
    const common = section.names.filter(name => names.includes(name)).length
    return names.length + section.names.length - 2 * common
  }
  let best = null
  for (const section of sections) if (best === null || distance(section) < distance(best)) best = section
  return best
}
