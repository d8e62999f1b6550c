/** Reads operator schemas from `native_functions.yaml`. */
import { skipBracket, splitTop } from './python.mjs'

/**
 * @typedef {object} SchemaArgument
 * @property {string} name
 * @property {string} type       without alias marks
 * @property {string | null} fallback
 * @property {boolean} keywordOnly
 * @property {boolean} written   an out argument or one changed in place
 *
 * @typedef {object} Schema
 * @property {string} name       without namespace
 * @property {string} overload
 * @property {SchemaArgument[]} arguments
 * @property {{ name: string, type: string }[]} returns
 * @property {string} module     `python_module`, '' for torch itself
 * @property {boolean} isOut
 */

/** @returns {Schema[]} */
export function parseNativeFunctions(text) {
  const schemas = []
  for (const entry of text.split(/^- func: /m).slice(1)) {
    const [line] = entry.split('\n', 1)
    const module = /^ {2}python_module: (\w+)/m.exec(entry)?.[1] ?? ''
    schemas.push({ ...parseSchema(line.trim()), module })
  }
  return schemas
}

/** @returns {Omit<Schema, 'module'>} */
export function parseSchema(line) {
  const [, name, overload = ''] = /^(\w+)(?:\.(\w+))?\(/.exec(line) ?? []
  if (!name) throw new Error(`cannot read the schema ${line}`)
  const open = line.indexOf('(')
  const close = skipBracket(line, open)
  const args = []
  let keywordOnly = false
  for (const piece of splitTop(line.slice(open + 1, close - 1))) {
    if (piece === '*') {
      keywordOnly = true
      continue
    }
    const [, type, argument, fallback = null] = /^(\S+) (\w+)(?:=(.+))?$/.exec(piece.replace(/ -> /g, '>')) ?? []
    if (!argument) throw new Error(`cannot read ${piece} in ${line}`)
    args.push({ name: argument, type: plain(type), fallback, keywordOnly, written: /!/.test(type) })
  }
  const result = line.slice(close).replace(/^\s*->\s*/, '')
  const list = result.startsWith('(') ? splitTop(result.slice(1, skipBracket(result, 0) - 1)) : [result]
  const returns = list.map(piece => {
    const [type, field = ''] = piece.replace(/ -> /g, '>').split(' ')
    return { name: field, type: plain(type) }
  })
  return { name, overload, arguments: args, returns, isOut: args.some(a => a.written && a.keywordOnly) }
}

/** `Tensor(a!)[]` without its alias mark. */
function plain(type) {
  return type.replace(/\([^)]*\)/, '')
}
