/** Source text that LibTorch's compiler, which is recursive, can take without running out of stack. */
import { UnpicklingError } from '../_serialization/errors.js'

/** Operators and brackets that stand open at one place, and blocks inside each other. */
const maxNesting = 500
const maxBlocks = 100

const tokens = /"""|'''|["']|[([{]|[)\]}]|[,\n]|[-+*/%<>=!&|^~.@:]+|\b(?:not|and|or|if|else|in|is)\b/g
const opening = /[([{]/
const closing = /[)\]}]/

/** @throws {UnpicklingError} for what no compiler of models writes */
export function checkSource(source: string, name: string): void {
  checkBlocks(source, name)
  /** For each open bracket, how many operators wait for what is inside. */
  const open: number[] = [0]
  let nesting = 0
  tokens.lastIndex = 0
  for (let match = tokens.exec(source); match !== null; match = tokens.exec(source)) {
    const token = match[0]
    if (token.startsWith('"') || token.startsWith("'")) tokens.lastIndex = endOfString(source, match.index, token)
    else if (opening.test(token)) {
      open[open.length - 1]!++
      open.push(0)
      nesting++
    } else if (closing.test(token)) {
      if (open.length > 1) nesting -= open.pop()!
    } else if (token === ',' || token === '\n') {
      // A new line inside of brackets goes on with the expression.
      if (token === '\n' && open.length > 1) continue
      nesting -= open.at(-1)!
      open[open.length - 1] = 0
    } else {
      // One character may be one operator: `---1`.
      const count = /^\w/.test(token) ? 1 : token.length
      open[open.length - 1]! += count
      nesting += count
    }
    if (nesting > maxNesting) throw tooDeep(name)
  }
}

function endOfString(source: string, start: number, quotes: string): number {
  let at = start + quotes.length
  while (at < source.length && !source.startsWith(quotes, at)) at += source[at] === '\\' ? 2 : 1
  return Math.min(source.length, at + quotes.length)
}

function checkBlocks(source: string, name: string): void {
  const widths: number[] = []
  for (const [, space] of source.matchAll(/^([ \t]*)\S/gm)) {
    const width = space!.length
    while (widths.length > 0 && widths.at(-1)! >= width) widths.pop()
    if (widths.push(width) > maxBlocks) throw tooDeep(name)
  }
}

function tooDeep(name: string): UnpicklingError {
  return new UnpicklingError(`the source ${name} is nested too deeply`)
}
