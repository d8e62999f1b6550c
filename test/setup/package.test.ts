/** The packed package, installed in an empty folder, runs the README's first program after `torch-node setup` alone. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { searchLibTorch } from '#lib/_C/libtorch.js'
import { temporaryFolder } from './toy_wheel.js'

const libtorch = searchLibTorch().found!.folder
const folder = temporaryFolder()
const packed = temporaryFolder()
/** Empty caches and no LIBTORCH: nothing of this machine may help. */
const env: NodeJS.ProcessEnv = {
  ...process.env,
  HOME: folder,
  XDG_CACHE_HOME: join(folder, 'cache'),
  LIBTORCH: undefined,
}

function run(command: string, args: readonly string[], cwd: string, environment = env) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: environment,
    encoding: 'utf8',
    timeout: 300_000,
  })
  return { status, output: stdout + stderr }
}

function must(command: string, args: readonly string[], cwd: string, environment = env): string {
  const { status, output } = run(command, args, cwd, environment)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${output}`)
  return output
}

beforeAll(() => {
  must('npm', ['pack', '--pack-destination', packed], process.cwd(), process.env)
  const archive = readdirSync(packed).find(file => file.endsWith('.tgz')) as string
  mkdirSync(join(folder, 'app'))
  writeFileSync(join(folder, 'app', 'package.json'), '{ "name": "app", "private": true, "type": "module" }')
  must('npm', ['install', '--no-audit', '--no-fund', join(packed, archive)], join(folder, 'app'))
  const program = /```ts\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))?.[1] as string
  writeFileSync(join(folder, 'app', 'first.js'), program)
}, 300_000)

describe('the package', () => {
  const app = join(folder, 'app')

  it('brings what it needs, and nothing that only a clone needs', () => {
    const files = readdirSync(join(app, 'node_modules', 'torch-node')).sort()
    expect(files).toEqual([
      'CHANGELOG.md',
      'CMakeLists.txt',
      'LICENSE',
      'README.md',
      'binding.gyp',
      'dist',
      'docs',
      'native',
      'package.json',
      'prebuilds',
      'scripts',
    ])
    const { scripts } = JSON.parse(readFileSync(join(app, 'node_modules/torch-node/package.json'), 'utf8'))
    for (const hook of ['preinstall', 'install', 'postinstall']) expect(scripts).not.toHaveProperty(hook)
  })

  it('says what to run before set-up', () => {
    // A Python with a torch of its own would do as well.
    const { status, output } = run(process.execPath, ['first.js'], app, { ...env, PATH: '/nowhere' })
    expect(status).not.toBe(0)
    expect(output).toContain('npx torch-node setup')
  })

  it('runs after set-up', () => {
    // In CI the real thing; elsewhere nobody should wait for 200 MB.
    const from = process.env.CI ? [] : ['--from', libtorch]
    const output = must('npx', ['torch-node', 'setup', ...from], app)
    expect(output).toContain('torch-node is ready')
    const printed = must(process.execPath, ['first.js'], app)
    expect(printed).toMatch(/step 200: loss 0\.0/)
  })

  it('tells about itself', () => {
    const output = must('npx', ['torch-node', 'info'], app)
    expect(output).toContain(join(app, 'node_modules', 'torch-node', 'prebuilds'))
    expect(output).toMatch(/found through +torch-node setup/)
    expect(output).toMatch(/MKL|OpenBLAS|LAPACK/)
  })
})
