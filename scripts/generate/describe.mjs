/** Matches signatures with what PyTorch's docstrings say about them. */
import { pythonSignature } from './signatures.mjs'

/**
 * Signatures that one text describes.
 * @typedef {object} Group
 * @property {string} summary
 * @property {string[]} python       the signatures as Python writes them
 * @property {Map<string, string>} parameters
 * @property {import('./signatures.mjs').Signature[]} signatures
 */

/** What PyTorch's own signatures leave out now and then. */
const optional = new Set([
  'dtype',
  'layout',
  'device',
  'pin_memory',
  'requires_grad',
  'out',
  'generator',
  'memory_format',
])

/**
 * @param {Map<string, import('./docs.mjs').Section[]>} docs  every docstring by full name
 * @returns {Group[]}
 */
export function describe(name, signatures, sections, docs) {
  const groups = new Map()
  for (const signature of signatures) {
    const section = closest(sections, namesOf(signature))
    if (groups.has(section)) groups.get(section).push(signature)
    else groups.set(section, [signature])
  }
  return [...groups].map(([section, alike]) => group(name, section, alike, docs))
}

/** @returns {Group} */
function group(name, section, signatures, docs) {
  const python = [...new Set(signatures.map(signature => pythonSignature(name, signature)))]
  if (!section) return { summary: '', python, parameters: new Map(), signatures }
  const target = section.see === '' ? null : meant(section.see, namesOf(signatures[0]), docs)
  const see = target?.summary || (section.summary === '' ? `See \`${section.see}\`.` : '')
  const summary = [section.summary, see]
    .filter(text => text !== '')
    .map(text => (/[.:!)]$/.test(text) ? text : `${text}.`))
  const parameters = new Map([...(target?.parameters ?? []), ...section.parameters])
  // Where PyTorch's text calls the leading parameters otherwise, the operator's names count.
  const [first] = signatures
  for (const [i, { name: real }] of first.parameters.entries()) {
    const written = section.names[i]
    if (!parameters.has(real) && written !== undefined && !first.parameters.some(p => p.name === written))
      parameters.set(real, parameters.get(written) ?? '')
  }
  return {
    summary: summary.join(' '),
    python: isTrue(section, signatures) ? [section.signature] : python,
    parameters,
    signatures,
  }
}

/** True when the docstring's own signature names the parameters as they are. */
function isTrue({ signature, names }, signatures) {
  if (signature === '') return false
  const real = new Set(signatures.flatMap(namesOf))
  return names.every(name => real.has(name)) && [...real].every(name => names.includes(name) || optional.has(name))
}

function namesOf({ parameters }) {
  return parameters.map(p => p.name)
}

/** The section that `see` leads to: the function's, since methods mostly refer there, else the method's own. */
function meant(see, names, docs) {
  const plain = see.replace(/^~?(?:torch\.)?/, '')
  const places = [plain.replace(/^Tensor\./, ''), plain, plain.replace(/^Tensor\.(\w+?)_?$/, '$1')]
  if (plain.endsWith('_')) places.splice(0, 1)
  const sections = places.map(place => closest(docs.get(`torch.${place}`) ?? [], names))
  return sections.find(section => section && section.summary !== '') ?? sections.find(section => section) ?? null
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
