/**
 * Where LibTorch is. The order: `LIBTORCH`, the managed folder that `torch-node setup` fills, an installed Python `torch`.
 * A LibTorch folder is any that holds `lib/libtorch.so`: PyTorch's own C++ archive, or the `torch` folder of a Python wheel.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What set-up fetches where nobody asks for another: the release that the prebuilt addon is compiled with. */
export const LIBTORCH_VERSION = '2.13.0'
/** The oldest release whose C++ headers this addon compiles with. */
export const OLDEST_LIBTORCH = '2.11.0'

export type LibTorchSource = 'LIBTORCH' | 'managed' | 'python'

export interface LibTorch {
  /** Absolute; holds `lib/`, and `include/` where the addon can be built with it. */
  readonly folder: string
  /** Such as `2.13.0+cpu`, or null where the folder does not tell. */
  readonly version: string | null
  readonly source: LibTorchSource
}

export interface LibTorchSearch {
  readonly found: LibTorch | null
  /** Every place that was looked at, in order, with what was there. */
  readonly looked: readonly { readonly where: string; readonly what: string }[]
}

/** The folder of this package: the one with its package.json. */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
})()

/** True in a clone of the repository, false in an installed package. */
export const isCheckout: boolean = existsSync(join(packageRoot, 'tsconfig.json'))

/** Where `torch-node setup` puts LibTorch releases, one folder each, and `current`, a link to the one in use. */
export function managedFolder(): string {
  if (isCheckout) return join(packageRoot, '.libtorch')
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'torch-node', 'libtorch')
}

/** The version that a LibTorch folder says it is. */
export function readVersion(folder: string): string | null {
  for (const [file, pattern] of [
    ['version.py', /__version__ = '([^']+)'/],
    ['build-version', /^(\S+)/],
  ] as const) {
    try {
      const version = pattern.exec(readFileSync(join(folder, file), 'utf8'))?.[1]
      if (version) return version
    } catch {
      // The other file may tell.
    }
  }
  return null
}

/** `2.13.0` of `2.13.0+cpu`: what decides whether a binary fits. */
export function release(version: string): string {
  return version.replace(/[+].*$/, '')
}

/** Negative, zero or positive as release `a` is older than, equal to or newer than `b`. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [a, b].map(version => release(version).split('.').map(Number.parseFloat)) as [
    number[],
    number[],
  ]
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** What is wrong with `folder` as a LibTorch, or null. */
export function whyNotLibTorch(folder: string): string | null {
  if (!existsSync(folder)) return 'no such folder'
  if (!existsSync(join(folder, 'lib', 'libtorch.so'))) return 'it has no lib/libtorch.so'
  const version = readVersion(folder)
  if (version && compareReleases(version, OLDEST_LIBTORCH) < 0) {
    return `it is LibTorch ${version}, and torch-node needs ${OLDEST_LIBTORCH} or newer`
  }
  return null
}

/** The `torch` folder of the Python on the PATH, found without importing it (35 ms instead of seconds). */
function pythonTorch(): string | null {
  const code =
    'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")'
  for (const python of ['python3', 'python']) {
    const answer = spawnSync(python, ['-c', code], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    if (answer.status === 0) return answer.stdout.trim() || null
  }
  return null
}

/** Looks for LibTorch. A `LIBTORCH` that is set but wrong ends the search: falling back would hide the mistake. */
export function searchLibTorch(env: NodeJS.ProcessEnv = process.env): LibTorchSearch {
  const looked: { where: string; what: string }[] = []
  const consider = (where: string, folder: string, source: LibTorchSource): LibTorch | null => {
    const wrong = whyNotLibTorch(folder)
    looked.push({ where: `${where} (${folder})`, what: wrong ?? 'found' })
    return wrong ? null : { folder: realpathSync(folder), version: readVersion(folder), source }
  }
  if (env.LIBTORCH) {
    return { found: consider('the environment variable LIBTORCH', resolve(env.LIBTORCH), 'LIBTORCH'), looked }
  }
  looked.push({ where: 'the environment variable LIBTORCH', what: 'not set' })
  const managed = consider('the folder of torch-node setup', join(managedFolder(), 'current', 'torch'), 'managed')
  if (managed) return { found: managed, looked }
  const python = pythonTorch()
  if (!python) {
    looked.push({ where: "Python's torch", what: 'not installed' })
    return { found: null, looked }
  }
  return { found: consider("Python's torch", python, 'python'), looked }
}
