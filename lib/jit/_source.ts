/** A source text as TorchScript wants it: without the indentation that all lines share, ending in a new line. */
export function sourceText(source: string): string {
  const lines = source.split('\n')
  const indents = lines.filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length)
  const shared = indents.length > 0 ? Math.min(...indents) : 0
  return `${lines.map(line => line.slice(shared)).join('\n')}\n`
}
