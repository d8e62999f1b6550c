/**
 * Loads the addon: finds LibTorch, opens it by its absolute path, then opens the addon, which finds it already there. So
 * one binary without run path serves any LibTorch folder.
 */
import { createRequire } from 'node:module'
import { constants, machine } from 'node:os'
import { join } from 'node:path'
import { compareReleases, isCheckout, type LibTorch, packageRoot, release, searchLibTorch } from './libtorch.js'
import type { Native } from './native.js'

const require = createRequire(import.meta.url)

/** Not in Node's constants: the library stays mapped although Node closes it for not being an addon. */
const RTLD_NODELETE = 0x1000

let opened: LibTorch | null = null

/** The LibTorch that this process runs on, or null before the addon is loaded. */
export function loadedLibTorch(): LibTorch | null {
  return opened
}

/** The addon could not be loaded; `message` says what was looked for where, and which command mends it. */
export class LoadError extends Error {
  override name = 'LoadError'
  readonly code = 'ERR_TORCH_LOAD'
}

/** The command that mends a missing LibTorch or addon, here. */
function remedy(what: 'setup' | 'rebuild'): string {
  if (isCheckout) return what === 'setup' ? 'npm start' : 'npm run build'
  return `npx torch-node ${what}`
}

function fail(problem: string, facts: readonly string[], solutions: readonly string[], cause?: unknown): never {
  const lines = [
    `Could not load torch-node on ${process.platform}-${process.arch} with Node ${process.versions.node}: ${problem}`,
    ...facts.map(fact => `  - ${fact}`),
    'Possible solutions:',
    ...solutions.map(solution => `  - ${solution}`),
  ]
  throw new LoadError(lines.join('\n'), cause === undefined ? {} : { cause })
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function findLibTorch(): LibTorch {
  const { found, looked } = searchLibTorch()
  if (found) return found
  return fail(
    'LibTorch was not found. Looked at:',
    looked.map(({ where, what }) => `${where}: ${what}`),
    [
      `Fetch it (about 200 MB): ${remedy('setup')}`,
      'Use one that you have, such as that of a Python environment: export LIBTORCH=/path/to/site-packages/torch',
    ],
  )
}

/** Opens LibTorch for the whole process. `libtorch.so` and not `libtorch_cpu.so`, so that a CUDA build brings its part. */
function openLibTorch(libtorch: LibTorch): void {
  const library = join(libtorch.folder, 'lib', 'libtorch.so')
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | RTLD_NODELETE)
  } catch (error) {
    // It is no addon, and Node says so after it has opened it.
    if (/did not self-register/.test(message(error))) return
    fail(
      `LibTorch can't be opened: ${message(error)}`,
      [`LibTorch ${libtorch.version ?? 'of unknown version'} in ${libtorch.folder}, for ${machine()}`],
      [
        `Fetch a complete one: ${remedy('setup')}${isCheckout ? '' : ' --force'}`,
        'If a CUDA library is missing, take the CPU build: npx torch-node setup --variant cpu',
      ],
      error,
    )
  }
}

function openAddon(libtorch: LibTorch): Native {
  const load = require('node-gyp-build') as ((root: string) => unknown) & { resolve(root: string): string }
  let file: string
  try {
    file = load.resolve(packageRoot)
  } catch (error) {
    return fail(
      'the addon was not found. Looked at:',
      ['build', 'prebuilds'].map(folder => join(packageRoot, folder)),
      [`Build it (needs cmake and a C++ compiler, takes a few minutes): ${remedy('rebuild')}`],
      error,
    )
  }
  try {
    return require(file) as Native
  } catch (error) {
    return fail(
      `the addon can't be opened: ${message(error)}`,
      [`the addon ${file}`, `LibTorch ${libtorch.version ?? 'of unknown version'} in ${libtorch.folder}`],
      [
        `Build it for this LibTorch: ${remedy('rebuild')}`,
        `Use the LibTorch that it was built for: unset LIBTORCH; ${remedy('setup')}`,
      ],
      error,
    )
  }
}

/** LibTorch does not promise the layout of its C++ objects from one release to the next. */
function compareVersions(addon: Native, libtorch: LibTorch): void {
  if (libtorch.version === null || compareReleases(addon.torchVersion, libtorch.version) === 0) return
  fail(
    `the addon was built for LibTorch ${release(addon.torchVersion)}, and this is ${libtorch.version}.`,
    [`LibTorch in ${libtorch.folder}`],
    [
      `Build the addon for this LibTorch (needs cmake and a C++ compiler): ${remedy('rebuild')}`,
      `Use LibTorch ${release(addon.torchVersion)}: unset LIBTORCH; npx torch-node setup --version ${release(addon.torchVersion)}`,
    ],
  )
}

export function loadAddon(): Native {
  if (process.platform !== 'linux') fail('only Linux is supported.', [], ['Use Linux, or WSL on Windows'])
  const libtorch = findLibTorch()
  openLibTorch(libtorch)
  const addon = openAddon(libtorch)
  compareVersions(addon, libtorch)
  opened = libtorch
  return addon
}
