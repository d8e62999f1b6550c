/** Where wheels come from: a folder of the user's, pip as configured, pip with PyTorch's index, PyTorch's index itself. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { download, fetchText, PATIENCE, type Patience } from './download.js'
import { findPip, type Pip, pipDownload } from './pip.js'
import { say } from './progress.js'
import { compareVersions, satisfies } from './requirements.js'
import { SetupError } from './setup_error.js'
import { type IndexLink, parseIndexPage, projectPage } from './simple_index.js'
import { fitsMachine, parseWheelName } from './wheel.js'

export interface Wanted {
  /** Such as `torch`. */
  readonly name: string
  /** Such as `==2.13.0+cpu`. */
  readonly specifier: string
}

export interface Source {
  /** For messages, such as `pip as it is configured`. */
  readonly name: string
  /** Puts the wheel into `folder` and returns its path, or throws a SetupError. */
  fetch(wanted: Wanted, folder: string): Promise<string>
}

/** Python tags in the order of preference: the user's own Python, then newer ones before older. */
function preference(pythons: readonly string[], own: string | null): number {
  if (own && pythons.includes(own)) return 1000
  // A free-threaded or foreign Python's wheel has the same libraries, but is less often of use.
  return Math.max(...pythons.map(tag => Number(/^(?:cp|py)3(\d*)$/.exec(tag)?.[1] || 0)))
}

/** The best of some wheels: the newest version that is wanted, for this machine, for the user's Python where possible. */
export function pickWheel<T extends { readonly file: string }>(
  candidates: readonly T[],
  wanted: Wanted,
  ownPython: string | null,
  matches: (version: string) => boolean = version => satisfies(version, wanted.specifier),
): T | null {
  const fitting = candidates.flatMap(candidate => {
    const wheel = parseWheelName(candidate.file)
    const fits = wheel && wheel.name === wanted.name && fitsMachine(wheel) && matches(wheel.version)
    return fits ? [{ candidate, wheel }] : []
  })
  fitting.sort(
    (a, b) =>
      compareVersions(b.wheel.version, a.wheel.version) ||
      preference(b.wheel.pythons, ownPython) - preference(a.wheel.pythons, ownPython) ||
      (a.candidate.file.includes('cp313t') ? 1 : 0) - (b.candidate.file.includes('cp313t') ? 1 : 0),
  )
  return fitting[0]?.candidate ?? null
}

function pythonTag(pip: Pip | null): string | null {
  return pip ? `cp${pip.pythonVersion.replace('.', '')}` : null
}

/** Wheels in a folder. There a torch wheel without local version (such as PyPI's CUDA build) will do. */
export function folderSource(folder: string, pip: Pip | null): Source {
  return {
    name: folder,
    async fetch(wanted) {
      const files = readdirSync(folder).map(file => ({ file }))
      const plain = wanted.specifier.replace(/\+.*$/, '')
      const found =
        pickWheel(files, wanted, pythonTag(pip)) ??
        pickWheel(files, wanted, pythonTag(pip), version => !version.includes('+') && satisfies(version, plain))
      if (!found) throw new SetupError(`it has no wheel of ${wanted.name}${wanted.specifier} for ${process.arch}`)
      return join(folder, found.file)
    },
  }
}

function pipSource(pip: Pip, index: string | null): Source {
  return {
    name: index ? `pip with the index ${index}` : 'pip as it is configured',
    fetch: ({ name, specifier }, folder) => pipDownload(pip, name + specifier, folder, index),
  }
}

/** An index, without Python. */
export function indexSource(index: string, pip: Pip | null, patience: Patience = PATIENCE): Source {
  return {
    name: `the index ${index}`,
    async fetch(wanted, folder) {
      const page = projectPage(index, wanted.name)
      const links = parseIndexPage(await fetchText(page, patience), page)
      const link: IndexLink | null = pickWheel(links, wanted, pythonTag(pip))
      if (!link) throw new SetupError(`${page} lists no wheel of ${wanted.name}${wanted.specifier} for ${process.arch}`)
      if (!link.sha256) say(`${page} gives no hash: only the hashes inside the wheel are checked`)
      const path = join(folder, link.file)
      await download(link.url, path, link.sha256, patience)
      return path
    },
  }
}

export function pytorchIndex(variant: string): string {
  return `https://download.pytorch.org/whl/${variant}`
}

/** The sources to ask in turn. An `index` of the user's comes first and keeps PyTorch's out. */
export function sources(variant: string, index: string | null, pip: Pip | null = findPip()): Source[] {
  const own = index ?? pytorchIndex(variant)
  if (!pip) return [indexSource(own, null)]
  const configured = pipSource(pip, null)
  const named = pipSource(pip, own)
  return [...(index ? [named, configured] : [configured, named]), indexSource(own, pip)]
}

/** Asks the sources in turn. Throws a SetupError that says what each answered. */
export async function fetchWheel(wanted: Wanted, folder: string, from: readonly Source[]): Promise<string> {
  const answers: string[] = []
  for (const source of from) {
    say(`asking ${source.name} for ${wanted.name}${wanted.specifier} …`)
    try {
      return await source.fetch(wanted, folder)
    } catch (error) {
      if (!(error instanceof SetupError)) throw error
      answers.push(`${source.name}: ${error.message}`)
    }
  }
  throw new SetupError(
    [`${wanted.name}${wanted.specifier} could not be had.`, ...answers.map(answer => `  - ${answer}`)].join('\n'),
  )
}
