/** Decides what the facade holds: which public name calls which operator, with which signatures and which text. */
import { attachedDocstrings, parseDocstring } from './docs.mjs'
import { bindings, tensorHandwritten, torchHandwritten } from './handwritten.mjs'
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
 * @property {boolean} [bound]  the body is in `lib/_C/binding.ts`
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
  const docs = collectDocs(stubs, sources)

  checkTable(torchHandwritten, name => stubs.has(name) && byName.has(name))
  checkTable(tensorHandwritten, name => methods.has(name) && byName.has(name))

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
function entries(stubs, wanted, { byName, docs, dropped, prefix, method }) {
  const result = []
  for (const [name, group] of stubs) {
    if (!wanted(name)) continue
    const { own, link } = documentation(name, group[0].doc, prefix, docs)
    const signatures = []
    for (const stub of group) {
      const signature = fromStub(stub, byName.get(name), { method, verbatim: bindings.has(name) })
      if (!signature) dropped.push(`${prefix}${pythonSignature(name, stub)}`)
      else signatures.push({ signature, section: describe(name, signature, own, docs) })
    }
    if (signatures.length === 0) {
      for (const signature of fromSchemas(byName.get(name), { method }))
        signatures.push({ signature, section: describe(name, signature, own, docs) })
    }
    if (signatures.length === 0) continue
    result.push({ name, operator: name, bound: bindings.has(name), signatures, link })
  }
  return result.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A function's own docstring and page, else what the functional or the function that it changes in place says. */
function documentation(name, doc, prefix, docs) {
  if (doc !== '') return { own: parseDocstring(doc), link: `${site}/${prefix}${name}.html` }
  const functional = `torch.nn.functional.${name}`
  if (docs.has(functional)) return { own: docs.get(functional), link: `${site}/${functional}.html` }
  const text = derivedText(name, docs)
  const summary = text === null ? [] : [{ signature: '', names: [], summary: '', parameters: new Map(), ...text }]
  return { own: summary, link: '' }
}

/** What `abs_` and `_foreach_abs` do follows from `abs`. */
function derivedText(name, docs) {
  const plain = name.replace(/^_foreach_/, '').replace(/_$/, '')
  if (plain === name) return null
  const see = [`torch.${plain}`, `torch.nn.functional.${plain}`].find(full => docs.has(full)) ?? ''
  const place = name.endsWith('_') ? ', in place' : ''
  if (name.startsWith('_foreach_'))
    return { summary: `\`${plain}\` on every tensor of a list at once${place}.`, see: '' }
  return name.endsWith('_') && see !== '' ? { summary: `In-place version of \`${see}\`.`, see } : null
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

/** Docstrings by full name; `torch.conv2d` and the like have theirs in nn/functional.py. */
function collectDocs(stubs, sources) {
  const docs = new Map()
  for (const [target, { doc }] of attachedDocstrings(sources.functional)) {
    const name = target.replace(/^torch\.(?:_C\._nn\.)?/, '')
    docs.set(`torch.nn.functional.${name}`, parseDocstring(doc))
  }
  for (const { name, doc } of parseFunctions(sources.functional)) {
    const full = `torch.nn.functional.${name}`
    if (doc !== '' && !name.startsWith('_') && !docs.has(full)) docs.set(full, parseDocstring(doc))
  }
  for (const [name, group] of stubs) if (group[0].doc) docs.set(`torch.${name}`, parseDocstring(group[0].doc))
  for (const module of ['linalg', 'fft', 'special']) {
    for (const { name, doc } of attachedDocstrings(sources[module]).values())
      if (name) docs.set(`torch.${module}.${name}`, parseDocstring(doc))
  }
  return docs
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
