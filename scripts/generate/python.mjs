/** Small pieces of Python and schema text that several parsers read. */

const closers = { '(': ')', '[': ']', '{': '}' }

/** The index just past the bracket that closes the one at `start`. */
export function skipBracket(text, start) {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    const c = text[i]
    if (c === '"' || c === "'") {
      i = skipString(text, i) - 1
    } else if (c in closers) {
      depth++
    } else if (c === ')' || c === ']' || c === '}') {
      if (--depth === 0) return i + 1
    }
  }
  throw new Error(`unclosed bracket near ${JSON.stringify(text.slice(start, start + 60))}`)
}

/** The index just past the string literal that starts (with its quote) at `start`. */
export function skipString(text, start) {
  const quote = text.startsWith(text[start].repeat(3), start) ? text[start].repeat(3) : text[start]
  for (let i = start + quote.length; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text.startsWith(quote, i)) return i + quote.length
  }
  throw new Error(`unclosed string near ${JSON.stringify(text.slice(start, start + 60))}`)
}

/** Splits at `separator` outside brackets and strings; trims, and drops empty pieces. */
export function splitTop(text, separator = ',') {
  const pieces = []
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '"' || c === "'") i = skipString(text, i) - 1
    else if (c in closers) i = skipBracket(text, i) - 1
    else if (c === separator) {
      pieces.push(text.slice(from, i))
      from = i + 1
    }
  }
  pieces.push(text.slice(from))
  return pieces.map(piece => piece.trim()).filter(piece => piece !== '')
}

/** Takes the common indentation of all lines but the first away, as `inspect.cleandoc` does. */
export function cleandoc(text) {
  const lines = text.replace(/\t/g, '    ').split('\n')
  const margins = lines
    .slice(1)
    .filter(line => line.trim() !== '')
    .map(line => line.search(/\S/))
  const margin = margins.length > 0 ? Math.min(...margins) : 0
  return [lines[0].trimStart(), ...lines.slice(1).map(line => line.slice(margin))].join('\n').trim()
}
