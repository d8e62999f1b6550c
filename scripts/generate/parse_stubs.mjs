/** Reads the signatures in PyTorch's stub files (`*.pyi`). */
import { cleandoc, skipBracket, skipString, splitTop } from './python.mjs'

/**
 * @typedef {object} StubParameter
 * @property {string} name
 * @property {string} type        the annotation, '' without one
 * @property {string | null} fallback  the default's text, null when required
 * @property {boolean} keywordOnly
 * @property {boolean} variadic
 *
 * @typedef {object} StubFunction
 * @property {string} name
 * @property {StubParameter[]} parameters
 * @property {string} returns
 * @property {string} doc
 */

/** Every function whose `def` stands at `indent`, in the file's order. @returns {StubFunction[]} */
export function parseFunctions(text, indent = '') {
  const functions = []
  const start = new RegExp(`^${indent}def (\\w+)\\(`, 'gm')
  for (let match = start.exec(text); match; match = start.exec(text)) {
    const open = match.index + match[0].length - 1
    const close = skipBracket(text, open)
    const rest = /^\s*(?:->\s*)?/.exec(text.slice(close))[0].length
    let colon = close + rest
    while (text[colon] !== ':') colon = text[colon] === '[' ? skipBracket(text, colon) : colon + 1
    functions.push({
      name: match[1],
      parameters: parseParameters(text.slice(open + 1, close - 1).replace(/#.*$/gm, '')),
      returns: text.slice(close + rest, colon).trim(),
      doc: docstring(text, colon + 1),
    })
    start.lastIndex = colon
  }
  return functions
}

/** The body of `class name` at the left margin. */
export function classBody(text, name) {
  const start = text.search(new RegExp(`^class ${name}\\b`, 'm'))
  if (start < 0) throw new Error(`no class ${name} in the stubs`)
  const body = text.slice(text.indexOf('\n', start) + 1)
  const end = body.search(/^\S/m)
  return end < 0 ? body : body.slice(0, end)
}

function docstring(text, from) {
  const match = /^\s*r?(?=""")/.exec(text.slice(from, from + 200))
  if (!match) return ''
  const start = from + match[0].length
  return cleandoc(text.slice(start + 3, skipString(text, start) - 3))
}

/** @returns {StubParameter[]} */
function parseParameters(text) {
  const parameters = []
  let keywordOnly = false
  for (const piece of splitTop(text)) {
    if (piece === '/') continue
    if (piece === '*') {
      keywordOnly = true
      continue
    }
    const [, stars, name, type = '', fallback = null] =
      /^(\*{0,2})(\w+)(?:\s*:\s*((?:[^=]|=(?==))+?))?(?:\s*=\s*(.+))?$/s.exec(piece) ?? fail(piece)
    if (stars === '**') continue
    parameters.push({ name, type: type.replace(/\s+/g, ' '), fallback, keywordOnly, variadic: stars === '*' })
    if (stars === '*') keywordOnly = true
  }
  return parameters
}

function fail(piece) {
  throw new Error(`cannot read the parameter ${piece}`)
}
