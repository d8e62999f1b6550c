/**
 * Brings a clone into a state in which its programs run: dependencies, compiled library, LibTorch, addon. Each step has a
 * stamp of what it was made from, so a second run does nothing twice; a lock lets one process at a time work. What needs
 * more than Node's own modules (fetching LibTorch) is in lib/cli, which the second step compiles.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './lock.mjs'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cache = join(root, '.cache')

export function say(text) {
  console.error(process.stderr.isTTY ? `\x1b[36m▸\x1b[0m ${text}` : `- ${text}`)
}

/** Ends the process with an explanation instead of a stack trace. */
export class SetupError extends Error {}

/** Runs a command with the clone's tools on the PATH. Throws unless it succeeds. */
export function run(command, args, { env = {}, what = command } = {}) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter)
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path, ...env } })
  if (result.error?.code === 'ENOENT') throw new SetupError(`${command} is not installed`)
  if (result.error) throw result.error
  if (result.signal) throw new SetupError(`${what} was ended by ${result.signal}`)
  if (result.status !== 0) throw new SetupError(`${what} failed (exit code ${result.status})`)
}

function* filesUnder(folder) {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesUnder(path)
    else yield path
  }
}

/** A hash of the contents of files and folders, named relative to the clone, and of further facts. */
function fingerprint(paths, ...facts) {
  const hash = createHash('sha256').update(JSON.stringify(facts))
  for (const path of paths.map(name => join(root, name))) {
    if (!existsSync(path)) continue
    for (const file of statSync(path).isDirectory() ? filesUnder(path) : [path]) {
      hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file))
    }
  }
  return hash.digest('hex')
}

function readStamp(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function writeStamp(file, stamp) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.${process.pid}`, stamp)
  renameSync(`${file}.${process.pid}`, file)
}

/** Runs `work` unless the stamp in `file` says that it was done with these inputs. */
async function once(file, stamp, work) {
  if (readStamp(file) === stamp) return false
  rmSync(file, { force: true })
  await work()
  writeStamp(file, stamp)
  return true
}

/** npm ci, when the lock file is another than the one installed. */
export async function installDependencies() {
  const stamp = fingerprint(['package-lock.json'], process.platform, process.arch)
  await once(join(root, 'node_modules', '.torch-node-stamp'), stamp, () => {
    say('installing dependencies (npm ci) …')
    run('npm', ['ci', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'], { what: 'npm ci' })
  })
}

/** lib/ to dist/. */
export async function compileLibrary() {
  const stamp = fingerprint(['lib', 'scripts/bootstrap.mjs', 'tsconfig.json', 'package.json', 'package-lock.json'])
  await once(join(root, 'dist', '.stamp'), stamp, () => {
    say('compiling the library (tsc) …')
    run('tsc', ['-p', 'tsconfig.json'], { what: 'compiling lib/' })
    removeOrphans(join(root, 'dist'), join(root, 'lib'))
    bundleLibrary()
  })
}

/**
 * dist/ to dist/bundle/: what users import. Hundreds of small modules take Node half as long again as these few. Tests,
 * which import single modules too, resolve with the condition `unbundled`: a class must not be there twice.
 */
function bundleLibrary() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const entries = Object.values(exports).flatMap(({ unbundled }) => unbundled ?? [])
  // What a thread of its own runs is found beside the code that starts it.
  entries.push('worker=dist/utils/data/_utils/worker.js')
  const options = [
    '--bundle',
    '--splitting',
    '--format=esm',
    '--platform=node',
    '--target=node20',
    '--packages=external',
  ]
  // Printed modules and errors show the names of classes.
  options.push(
    '--keep-names',
    '--outbase=dist',
    '--outdir=dist/bundle',
    '--chunk-names=[name]-[hash]',
    '--log-level=warning',
  )
  run('esbuild', [...entries, ...options], { what: 'bundling dist/' })
}

/** Examples, benchmarks, tests and scripts to .cache/programs/. */
export async function compilePrograms() {
  const sources = [
    'examples',
    'bench',
    'test',
    'scripts',
    'lib',
    'tsconfig.json',
    'tsconfig.programs.json',
    'package-lock.json',
  ]
  await once(join(cache, 'programs', '.stamp'), fingerprint(sources), () => {
    say('compiling examples, benchmarks and tests (tsc) …')
    run('tsc', ['-p', 'tsconfig.programs.json'], { what: 'compiling the programs' })
    removeOrphans(join(cache, 'programs'), root)
  })
}

/** Deletes compiled files whose source is gone. */
function removeOrphans(compiled, sources) {
  for (const file of filesUnder(compiled)) {
    const stem = relative(compiled, file).replace(/(\.d)?\.m?[jt]s(\.map)?$/, '')
    if (!['.ts', '.mts', '.d.ts'].some(end => existsSync(join(sources, stem + end)))) rmSync(file)
  }
}

/** Finds LibTorch, or fetches it. */
export async function provideLibTorch() {
  const { searchLibTorch } = await import(join(root, 'dist', '_C', 'libtorch.js'))
  const { found, looked } = searchLibTorch()
  if (found) return found
  if (process.env.LIBTORCH) throw new SetupError(looked.map(({ where, what }) => `${where}: ${what}`).join('\n'))
  const { setup } = await import(join(root, 'dist', 'cli', 'setup.js'))
  await setup({})
  const again = searchLibTorch().found
  if (!again) throw new SetupError('LibTorch was fetched but is not found')
  return again
}

/**
 * Brings everything up to what `npm start` and `npm test` need. `library: false` is content with any compiled library,
 * `addon: false` needs no addon.
 */
export async function prepare({ library = true, programs = false, addon = true } = {}) {
  await withLock(
    join(cache, 'setup.lock'),
    async () => {
      await installDependencies()
      if (library || !existsSync(join(root, 'dist', 'cli', 'setup.js'))) await compileLibrary()
      if (programs) await compilePrograms()
      if (!addon) return
      const { buildAddon } = await import('./build.mjs')
      await buildAddon(await provideLibTorch())
    },
    pid => say(`waiting for process ${pid}, which is setting up the same folder …`),
  )
}

/** How many compilers fit: each reads LibTorch's headers into up to 1.5 GB. */
export function jobs() {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / 1.5e9)))
}

export { fingerprint, once }

/** Runs a script's body: explains a failed step, exits with its code. */
export async function main(body) {
  try {
    await body()
  } catch (error) {
    console.error(
      error instanceof SetupError || error?.name === 'SetupError' ? `\ntorch-node: ${error.message}` : error,
    )
    process.exitCode = 1
  }
}
