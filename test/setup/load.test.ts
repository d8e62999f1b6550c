import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { compareReleases, release, searchLibTorch } from '#lib/_C/libtorch.js'
import { temporaryFolder, toyLibTorch } from './toy_wheel.js'

const NATIVE = resolve('dist/_C/native.js')
const real = searchLibTorch().found!

/** Loads the addon in a process of its own; returns its version or the error's text. */
function load(env: NodeJS.ProcessEnv): { status: number | null; text: string } {
  const program = `import(${JSON.stringify(NATIVE)}).then(
    ({ native }) => console.log(native.torchVersion),
    error => { console.log(error.code + ' ' + error.message); process.exitCode = 3 })`
  const run = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', env: { ...process.env, ...env } })
  return { status: run.status, text: run.stdout + run.stderr }
}

/** The real LibTorch under another version. */
function renamed(version: string): string {
  const folder = temporaryFolder()
  for (const part of ['lib', 'include']) symlinkSync(join(real.folder, part), join(folder, part))
  writeFileSync(join(folder, 'version.py'), `__version__ = '${version}'\n`)
  return folder
}

describe('searchLibTorch', () => {
  it('looks at LIBTORCH first, and no further where that is wrong', () => {
    const folder = toyLibTorch('9.9.9')
    expect(searchLibTorch({ LIBTORCH: folder }).found).toEqual({ folder, version: '9.9.9', source: 'LIBTORCH' })
    const { found, looked } = searchLibTorch({ LIBTORCH: '/nowhere' })
    expect(found).toBeNull()
    expect(looked).toEqual([{ where: 'the environment variable LIBTORCH (/nowhere)', what: 'no such folder' }])
  })

  it('says what is wrong with a folder', () => {
    const why = (folder: string) => searchLibTorch({ LIBTORCH: folder }).looked[0]?.what
    expect(why(temporaryFolder())).toBe('it has no lib/libtorch.so')
    expect(why(toyLibTorch('2.5.1'))).toBe('it is LibTorch 2.5.1, and torch-node needs 2.11.0 or newer')
    expect(why(toyLibTorch(null))).toBe('found')
  })

  it("reads the version of PyTorch's C++ archive", () => {
    const folder = toyLibTorch(null)
    writeFileSync(join(folder, 'build-version'), '2.13.0+cpu\n')
    expect(searchLibTorch({ LIBTORCH: folder }).found?.version).toBe('2.13.0+cpu')
  })

  it('compares releases by number', () => {
    expect(compareReleases('2.9.1', '2.13.0+cpu')).toBeLessThan(0)
    expect(compareReleases('2.13.0', '2.13.0+cu130')).toBe(0)
    expect(compareReleases('2.13.1', '2.13.0')).toBeGreaterThan(0)
    expect(release('2.13.0+cpu')).toBe('2.13.0')
  })
})

describe('loading', () => {
  it('loads with the LibTorch that is found', () => {
    const { status, text } = load({})
    expect(text.trim()).toBe(release(real.version ?? ''))
    expect(status).toBe(0)
  })

  it('says what was looked for where, and what to run', () => {
    const { status, text } = load({ LIBTORCH: '/nowhere' })
    expect(status).toBe(3)
    expect(text).toMatch(
      /^ERR_TORCH_LOAD Could not load torch-node on linux-\w+ with Node [\d.]+: LibTorch was not found/,
    )
    expect(text).toContain('the environment variable LIBTORCH (/nowhere): no such folder')
    expect(text).toMatch(/Possible solutions:\n {2}- .*: npm start/)
  })

  it('explains a LibTorch that cannot be opened', () => {
    const { status, text } = load({ LIBTORCH: toyLibTorch('9.9.9') })
    expect(status).toBe(3)
    expect(text).toMatch(/LibTorch can't be opened: .*libtorch.so/)
  })

  it('offers to rebuild for another release', () => {
    const { status, text } = load({ LIBTORCH: renamed('2.99.0+cpu') })
    expect(status).toBe(3)
    expect(text).toMatch(/the addon was built for LibTorch [\d.]+, and this is 2.99.0\+cpu/)
    expect(text).toContain('npm run build')
  })

  it('does not ask a LibTorch for a version that it does not tell', () => {
    const folder = temporaryFolder()
    symlinkSync(join(real.folder, 'lib'), join(folder, 'lib'))
    mkdirSync(join(folder, 'include'))
    expect(load({ LIBTORCH: folder }).status).toBe(0)
  })

  it('loads in several workers of one process', async () => {
    const program = `const { parentPort } = require('node:worker_threads')
      import(${JSON.stringify(NATIVE)}).then(({ native }) => parentPort.postMessage(native.torchVersion))`
    const versions = await Promise.all(
      [0, 1, 2].map(
        () =>
          new Promise((done, failed) => {
            const worker = new Worker(program, { eval: true })
            worker.on('message', done).on('error', failed)
          }),
      ),
    )
    expect(new Set(versions)).toEqual(new Set([release(real.version ?? '')]))
  })
})
