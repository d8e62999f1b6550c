/**
 * Builds the addon with cmake-js. `npm run build` in a clone, `torch-node rebuild` in an installed package, and binding.gyp
 * all come here.
 *
 * node scripts/build.mjs [--out FOLDER]
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { fingerprint, jobs, main, once, prepare, provideLibTorch, root, run, SetupError, say } from './bootstrap.mjs'

const BUILT_FROM = ['native', 'CMakeLists.txt']

/** cmake-js of the clone; an installed package, which comes without, borrows it through npm. */
function cmakeJs(command, args) {
  const all = [command, '--log-level', 'warn', '--directory', root, ...args]
  try {
    const script = join(createRequire(import.meta.url).resolve('cmake-js/package.json'), '..', 'bin', 'cmake-js')
    run(process.execPath, [script, ...all], { what: `cmake-js ${command}` })
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error
    run('npm', ['exec', '--yes', '--package=cmake-js@8', '--', 'cmake-js', ...all], { what: `cmake-js ${command}` })
  }
}

function requireTools() {
  for (const [tool, hint] of [
    ['cmake', '`apt-get install cmake`, or `pip install cmake`'],
    [process.env.CXX || 'c++', '`apt-get install g++` (11 or newer; clang 14 or newer does as well)'],
  ]) {
    try {
      run('sh', ['-c', `command -v "${tool}" >/dev/null`])
    } catch {
      throw new SetupError(`building the addon needs ${tool}, which is not installed. Install it with ${hint}.`)
    }
  }
}

/**
 * Make trusts a file that is newer than its source, also one that was half written when the build was killed: the newest
 * objects of an interrupted build go.
 */
function distrustNewest(folder, count) {
  const written = readdirSync(folder, { recursive: true })
    .map(name => join(folder, String(name)))
    .filter(path => /\.(o|gch|node)$/.test(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  for (const path of written.slice(0, count)) rmSync(path)
}

/** A build folder that was configured at another place would be refused by CMake. */
function belongsElsewhere(folder) {
  const cacheFile = join(folder, 'CMakeCache.txt')
  if (!existsSync(cacheFile)) return false
  return /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(readFileSync(cacheFile, 'utf8'))?.[1] !== root
}

/** Builds the addon for `libtorch` unless it is built already. `out` is the build folder, `build/` by default. */
export async function buildAddon(libtorch, out = join(root, 'build')) {
  const target = /\/Release\/?$/.test(out) ? out : join(out, 'Release')
  const stamp = fingerprint(BUILT_FROM, libtorch.folder, libtorch.version, process.arch)
  const stampFile = join(target, 'torch_node.stamp')
  if (!existsSync(join(target, 'torch_node.node'))) rmSync(stampFile, { force: true })
  await once(stampFile, stamp, () => {
    say(`building the addon for LibTorch ${libtorch.version} (a few minutes the first time) …`)
    requireTools()
    if (belongsElsewhere(out)) rmSync(out, { recursive: true })
    const parallel = jobs()
    const marker = join(out, '.building')
    if (existsSync(marker)) distrustNewest(out, parallel + 1)
    const options = ['--out', out, `--CDLIBTORCH=${libtorch.folder}`]
    cmakeJs('configure', options)
    writeFileSync(marker, '')
    cmakeJs('build', [...options, '--parallel', String(parallel)])
    rmSync(marker)
  })
}

if (process.argv[1] && resolve(process.argv[1]) === import.meta.filename) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } })
  await main(async () => {
    if (values.out === undefined) return await prepare()
    await prepare({ addon: false })
    await buildAddon(await provideLibTorch(), resolve(values.out))
  })
}
