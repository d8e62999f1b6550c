/**
 * Sets everything up, then runs a program of this repository.
 *
 * node scripts/run.mjs examples/mnist.ts [ARGUMENTS …]
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { main, prepare, root, SetupError } from './bootstrap.mjs'

const [program, ...args] = process.argv.slice(2)

await main(async () => {
  if (!program) throw new SetupError('which program? For example: npm run example examples/mnist.ts')
  const source = resolve(program)
  if (!existsSync(source)) throw new SetupError(`there is no program ${program}`)
  const isTypeScript = source.endsWith('.ts')
  // The generator writes what lib/ is compiled from: it has to run also where lib/ does not compile.
  await prepare(isTypeScript ? { programs: true } : { library: false, addon: false })
  const compiled = join(root, '.cache', 'programs', relative(root, source).replace(/\.ts$/, '.js'))
  const file = isTypeScript ? compiled : source
  const isTest = relative(root, source).startsWith('test')
  const nodeOptions = ['--enable-source-maps', ...(isTest ? ['--conditions=unbundled'] : [])]
  const child = spawn(process.execPath, [...nodeOptions, file, ...args], { stdio: 'inherit' })
  // Ctrl-C reaches the program too: let it finish in its own way.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.exitCode = await new Promise(done => child.on('close', (code, signal) => done(signal ? 1 : code)))
})
