/** PyTorch's docstrings as JSDoc. */
import { skipBracket, skipString, splitTop } from './python.mjs'
import { inline, math } from './rst.mjs'

/**
 * What one docstring says about one signature.
 * @typedef {object} Section
 * @property {string} signature   as PyTorch writes it, '' without one
 * @property {string[]} names     the parameters in it
 * @property {string} summary     plain text
 * @property {string} see         the function that the text refers to instead, '' for none
 * @property {Map<string, string>} parameters
 */

/** @returns {Section[]} */
export function parseDocstring(doc) {
  const parts = doc.split(/^\.\. function:: */m)
  const sections = parts.map(part => parseSection(part.replace(/^\s*:noindex:\s*$/m, '')))
  return sections.filter(section => section.summary !== '' || section.see !== '' || section.signature !== '')
}

/** @returns {Section} */
function parseSection(text) {
  const lines = text.trim().split('\n')
  let signature = ''
  while (lines.length > 0 && /^[\w.]+\s?\(.*(\)|\\)\s*(?:->.*|→.*)?$/.test(lines[0])) {
    let line = lines.shift()
    while (line.endsWith('\\') && lines.length > 0) line = `${line.slice(0, -1).trimEnd()} ${lines.shift().trim()}`
    signature ||= line.replace(/# noqa.*/, '').trim()
  }
  const { summary, see } = firstParagraph(lines)
  return { signature, names: signatureNames(signature), summary, see, parameters: parameterTexts(lines) }
}

function signatureNames(signature) {
  if (signature === '') return []
  const open = signature.indexOf('(')
  let close
  try {
    close = skipBracket(signature, open)
  } catch {
    return []
  }
  const pieces = splitTop(signature.slice(open + 1, close - 1).replace(/[[\]]/g, ' '))
  return pieces
    .map(piece =>
      piece
        .replace(/[=:].*/s, '')
        .replace(/^\*/, '')
        .trim(),
    )
    .filter(name => name !== '')
}

/** The first paragraph that is prose; directives before it are skipped, one formula behind it is kept. */
function firstParagraph(lines) {
  const paragraphs = lines
    .join('\n')
    .trim()
    .split(/\n\s*\n/)
  for (const [i, paragraph] of paragraphs.entries()) {
    if (paragraph.trim() === '' || /^(?:\.\. |\s|\*\*When\*\*)/.test(paragraph)) continue
    if (/^(?:Args|Arguments|Keyword|Example|Shape|Returns:|Parameters|Raises)/.test(paragraph)) break
    const [prose, formula] = paragraph.split(/^\s*\.\. math::/m)
    const see =
      /^(?:See|Alias (?:for|of)|Out-of-place version of|In-place version of)\s+:(?:func|meth|class):`~?([^`]*)`\.?\s*(.*)$/s.exec(
        prose.trim(),
      )
    if (see && /^See/.test(prose)) return { summary: '', see: see[1].replace(/\(.*\)$/, '') }
    let summary = inline(prose)
    const next = formula ?? (/^\s*\.\. math::([\s\S]*)/.exec(paragraphs[i + 1] ?? '') ?? [])[1]
    if (summary.endsWith(':')) {
      const text = next === undefined ? '' : math(next.trim() === '' ? (paragraphs[i + 2] ?? '') : next)
      summary =
        text !== '' && text.length <= 160 ? `${summary} ${text.replaceAll('*/', '*\\/')}` : `${summary.slice(0, -1)}.`
    }
    return { summary, see: see && summary.length < 60 ? see[1].replace(/\(.*\)$/, '') : '' }
  }
  return { summary: '', see: '' }
}

/** What the sections `Args:` and `Keyword args:` say about each parameter, shortened to a sentence and the default. */
function parameterTexts(lines) {
  const texts = new Map()
  let inside = false
  let current = null
  for (const line of lines) {
    if (
      /^(?:Args|Arguments|Keyword args|Keyword Args|Keyword arguments|Keyword Arguments|Keywords args|Parameters)\s*::?\s*$/.test(
        line,
      )
    ) {
      inside = true
      current = null
    } else if (inside && /^\S/.test(line)) {
      inside = false
    } else if (inside) {
      const entry = /^ {2,6}(?:\{(\w+)\}|([\w, `*]+?) *(?:\((.*?)\))?: *(.*))$/.exec(line)
      if (entry && /^ {2,4}\S/.test(line)) {
        current = null
        if (entry[1] !== undefined) continue
        for (const name of entry[2].split(/[,\s]+/)) {
          const key = name.replace(/[`*]/g, '')
          if (!/^\w+$/.test(key) || texts.has(key)) continue
          current = key
          texts.set(key, entry[4])
        }
      } else if (current !== null && line.trim() !== '') {
        texts.set(current, `${texts.get(current)} ${line.trim()}`)
      }
    }
  }
  return new Map([...texts].map(([name, text]) => [name, short(inline(text))]).filter(([, text]) => text !== ''))
}

function short(text) {
  const [sentence] = /^.{12,}?[.;](?=\s|$)/.exec(text) ?? [text]
  const start = sentence.replace(/[.;]$/, '').slice(0, 240)
  const rest = text.slice(sentence.length)
  const fallback = /\bDefault(?:s to| is| value is| value)?:? *(\S.{0,120}?)(?=[.;](?:\s|$)|$)/.exec(rest)?.[1]
  if (!fallback) return start
  const open = fallback.split('(').length - fallback.split(')').length
  return `${start}. Default: ${open < 0 ? fallback.replace(/\)$/, '') : fallback}`
}

/** The docstrings that a Python file attaches: `target` (`_fft.fft_fft`) to name and text. */
export function attachedDocstrings(source) {
  const found = new Map()
  const start = /(?:^(\w+) = )?_?add_docstr(?:_all)?\(\s*([\w.]+|"\w+"|'\w+'),/gm
  for (let match = start.exec(source); match; match = start.exec(source)) {
    let text = ''
    let at = start.lastIndex
    for (;;) {
      const lead = /^[\s+]*(r?f?|f?r?)(?=["'])/.exec(source.slice(at, at + 200))
      if (!lead) break
      const from = at + lead[0].length
      const to = skipString(source, from)
      const quotes = source.startsWith('"""', from) || source.startsWith("'''", from) ? 3 : 1
      text += source.slice(from + quotes, to - quotes)
      at = to
      const call = /^\s*\.format\(/.exec(source.slice(at, at + 40))
      if (call) {
        at = skipBracket(source, at + call[0].length - 1)
        text = text.replaceAll('{{', '{').replaceAll('}}', '}')
      }
    }
    found.set(match[2].replace(/["']/g, ''), { name: match[1] ?? '', doc: text.trim() })
  }
  return found
}

/** Breaks `text` into lines of at most `width`. */
export function wrap(text, width) {
  const lines = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  if (line !== '') lines.push(line)
  return lines
}
