/** Looking at paths and texts. */
import { readFileSync, statSync } from 'node:fs'

/** Is there a folder of that path? */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** The lines of a text, without white space around them. */
export function linesOf(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map(line => line.trim())
}
