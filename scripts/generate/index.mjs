#!/usr/bin/env node
/**
 * Writes `lib/_generated/` from the LibTorch folder's stubs, schemas and docstrings.
 *
 *   node scripts/generate/index.mjs            write
 *   node scripts/generate/index.mjs --check    write nothing; exit 1 when the committed files are not current
 *   node scripts/generate/index.mjs --dropped  list the stubs that the facade leaves out
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { emit } from './emit.mjs'
import { buildFacade } from './facade.mjs'
import { findLibTorch, missingSources, readSources } from './sources.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const folder = join(root, 'lib', '_generated')

process.exitCode = main(process.argv.slice(2))

function main(options) {
  const unknown = options.find(option => !['--check', '--dropped'].includes(option))
  if (unknown) {
    console.error(`generate: unknown option ${unknown}; there are --check and --dropped`)
    return 2
  }
  const check = options.includes('--check')
  const libtorch = findLibTorch(root)
  const missing = libtorch
    ? missingSources(libtorch)
    : ['a LibTorch folder: set LIBTORCH, or let `npm start` fetch one']
  if (missing.length > 0) {
    console.error(`generate: ${check ? 'SKIPPED, generated files not checked' : 'cannot generate'}; not found:`)
    for (const name of missing) console.error(`  ${name}`)
    console.error('A Python wheel of torch has them; a plain LibTorch archive has not.')
    return check ? 0 : 1
  }
  const facade = buildFacade(readSources(libtorch))
  if (options.includes('--dropped')) {
    console.log(facade.dropped.join('\n'))
    return 0
  }
  const files = emit(facade)
  const committed = check ? committedVersion() : null
  if (committed !== null && committed !== facade.version) {
    console.error(
      `generate: SKIPPED, generated files not checked; they are of LibTorch ${committed}, and this is ${facade.version}`,
    )
    return 0
  }
  return check ? compare(files) : write(files, facade)
}

function write(files, facade) {
  mkdirSync(folder, { recursive: true })
  for (const name of strangers(files)) rmSync(join(folder, name))
  for (const [name, text] of files) writeFileSync(join(folder, name), text)
  const { torch, tensor, linalg, fft, special, nn } = facade
  console.log(
    `lib/_generated: ${facade.operators.length} operators, ${torch.length} functions, ${tensor.length} methods, ` +
      `${linalg.length} linalg, ${fft.length} fft, ${special.length} special, ${nn.length} nn`,
  )
  return 0
}

function compare(files) {
  const complaints = strangers(files).map(name => `lib/_generated/${name}: not written by the generator`)
  for (const [name, text] of files) {
    const path = join(folder, name)
    const current = existsSync(path) ? readFileSync(path, 'utf8') : null
    if (current === text) continue
    complaints.push(`lib/_generated/${name}: ${current === null ? 'missing' : difference(current, text)}`)
  }
  if (complaints.length === 0) return 0
  console.error(`${complaints.join('\n')}\nRun: npm run generate`)
  return 1
}

/** The release that the files in the folder were generated from, null without any. */
function committedVersion() {
  const path = join(folder, 'ops.ts')
  return existsSync(path) ? (/LibTorch ([\d.]+)/.exec(readFileSync(path, 'utf8'))?.[1] ?? null) : null
}

function strangers(files) {
  return existsSync(folder) ? readdirSync(folder).filter(name => !files.has(name)) : []
}

function difference(current, wanted) {
  const have = current.split('\n')
  const want = wanted.split('\n')
  const line = want.findIndex((text, i) => text !== have[i])
  const at = line < 0 ? want.length : line
  return `differs from line ${at + 1}\n  - ${have[at] ?? '(end)'}\n  + ${want[at] ?? '(end)'}`
}
