import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { findPip, pipDownload } from '#lib/cli/pip.js'
import { type SetupOptions, setup } from '#lib/cli/setup.js'
import { SetupError } from '#lib/cli/setup_error.js'
import { fetchWheel, indexSource, type Source, sources } from '#lib/cli/sources.js'
import { packageIndex, serve } from './toy_server.js'
import { temporaryFolder, torchFiles, toyLibTorch, wheel, zip } from './toy_wheel.js'

const VERSION = '9.9.9+cpu'
const NAME = `torch-${VERSION}-py3-none-any.whl`
const TORCH = wheel('torch', VERSION, torchFiles(VERSION))
const patience = { timeout: 1000, retries: 1 }
const dead: Source = {
  name: 'a dead source',
  fetch: () => Promise.reject(new SetupError('it is dead')),
}

/** Sets up into a folder of its own, from `from` alone. */
function run(managed: string, from: Source[], options: SetupOptions = {}): Promise<string | null> {
  return setup({ version: '9.9.9', force: false, ...options }, { managed, sources: () => from })
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('setup', () => {
  it('fetches, checks and unpacks, and leaves nothing else behind', async () => {
    await using server = await serve(packageIndex({ [NAME]: TORCH }))
    const managed = join(temporaryFolder(), 'libtorch')
    const folder = await run(managed, [indexSource(`${server.url}/simple`, null, patience)])
    expect(folder).toBe(join(managed, VERSION, 'torch'))
    expect(readFileSync(join(managed, 'current', 'torch', 'version.py'), 'utf8')).toContain(VERSION)
    expect(readdirSync(managed).sort()).toEqual([VERSION, 'current'])
  })

  it('does nothing twice', async () => {
    await using server = await serve(packageIndex({ [NAME]: TORCH }))
    const managed = join(temporaryFolder(), 'libtorch')
    const from = [indexSource(`${server.url}/simple`, null, patience)]
    await run(managed, from)
    const asked = server.log.length
    await run(managed, from)
    expect(server.log).toHaveLength(asked)
    await run(managed, from, { force: true })
    expect(server.log.length).toBeGreaterThan(asked)
    expect(readdirSync(managed).sort()).toEqual([VERSION, 'current'])
  })

  it('two at once fetch once', async () => {
    await using server = await serve(packageIndex({ [NAME]: TORCH }))
    const managed = join(temporaryFolder(), 'libtorch')
    const from = [indexSource(`${server.url}/simple`, null, patience)]
    const program = `
      const { setup } = await import(${JSON.stringify(join(process.cwd(), 'dist/cli/setup.js'))})
      const { indexSource } = await import(${JSON.stringify(join(process.cwd(), 'dist/cli/sources.js'))})
      await setup({ version: '9.9.9' }, { managed: ${JSON.stringify(managed)}, sources: () => [indexSource('${server.url}/simple', null)] })`
    const { spawn } = await import('node:child_process')
    const children = [0, 1, 2].map(
      () => new Promise(done => spawn(process.execPath, ['--input-type=module', '-e', program]).on('close', done)),
    )
    expect(await Promise.all(children)).toEqual([0, 0, 0])
    expect(server.log.filter(line => line.includes('/files/'))).toHaveLength(1)
    await run(managed, from)
    expect(readdirSync(managed).sort()).toEqual([VERSION, 'current'])
  })

  it('goes on after an interruption and clears up after it', async () => {
    await using server = await serve(packageIndex({ [NAME]: TORCH }))
    const managed = join(temporaryFolder(), 'libtorch')
    mkdirSync(join(managed, 'downloads', 'pip-abc'), { recursive: true })
    mkdirSync(join(managed, '.unpacking-123', 'torch'), { recursive: true })
    writeFileSync(join(managed, 'downloads', `${NAME}.part`), TORCH.subarray(0, 500))
    writeFileSync(join(managed, '.lock'), '999999999 1 some-earlier-boot')
    await run(managed, [indexSource(`${server.url}/simple`, null, patience)])
    expect(server.log.at(-1)).toMatch(/bytes=500-$/)
    expect(readdirSync(managed).sort()).toEqual([VERSION, 'current'])
  })

  it('asks the sources in turn, and says what each answered', async () => {
    await using server = await serve(packageIndex({ [NAME]: TORCH }))
    const managed = join(temporaryFolder(), 'libtorch')
    const working = indexSource(`${server.url}/simple`, null, patience)
    await run(managed, [dead, working])
    const failing = run(join(temporaryFolder(), 'libtorch'), [dead, working], { version: '9.9.8' })
    await expect(failing).rejects.toThrow(
      /torch==9.9.8\+cpu could not be had.\n {2}- a dead source: it is dead\n {2}- the index .*lists no wheel(.|\n)*--index(.|\n)*--from/,
    )
  })

  it('leaves the LibTorch in use alone when a new one is damaged', async () => {
    const damaged = wheel('torch', VERSION, torchFiles(VERSION), [], files =>
      files.map(file => (file.name.endsWith('libtorch.so') ? { ...file, data: 'damaged' } : file)),
    )
    const managed = join(temporaryFolder(), 'libtorch')
    await using good = await serve(packageIndex({ [NAME]: TORCH }))
    await run(managed, [indexSource(`${good.url}/simple`, null, patience)])
    await using bad = await serve(packageIndex({ [NAME]: damaged }))
    const again = run(managed, [indexSource(`${bad.url}/simple`, null, patience)], { force: true })
    await expect(again).rejects.toThrow('torch/lib/libtorch.so does not match the hash')
    expect(readFileSync(join(managed, 'current', 'torch', 'lib', 'libtorch.so'))).toHaveLength(300_000)
  })

  it('brings the libraries that a CUDA build needs', async () => {
    const libtorch = wheel('torch', '9.9.9+cu130', torchFiles('9.9.9+cu130'), [
      'sympy>=1.13',
      'cuda-toolkit[cublas,cudart]==13.0.3; platform_system == "Linux"',
      'nvidia-cudnn-cu13==9.24.0.43; platform_system == "Linux"',
      'nvidia-windows==1; platform_system == "Windows"',
      'triton~=3.8.0; platform_system == "Linux"',
    ])
    const toolkit = wheel(
      'cuda_toolkit',
      '13.0.3.0',
      [],
      [
        "nvidia-cublas==13.1.*; (sys_platform == 'linux') and extra == 'cublas'",
        "nvidia-nvjitlink<14,>=13.0.88; (sys_platform == 'linux') and extra == 'cublas'",
        "nvidia-cuda-runtime==13.0.96.*; (sys_platform == 'linux') and extra == 'cudart'",
        "nvidia-npp==13.0.*; (sys_platform == 'linux') and extra == 'npp'",
      ],
    )
    const library = (name: string, version: string) =>
      wheel(name, version, [{ name: `nvidia/${name}/lib/lib.so`, data: version }])
    const wheels: Record<string, Buffer> = {
      'torch-9.9.9+cu130-py3-none-any.whl': libtorch,
      'cuda_toolkit-13.0.3.0-py3-none-any.whl': toolkit,
    }
    for (const [name, version] of [
      ['nvidia_cublas', '13.1.1'],
      ['nvidia_cublas', '13.2.0'],
      ['nvidia_nvjitlink', '13.4.92'],
      ['nvidia_nvjitlink', '14.0.0'],
      ['nvidia_cuda_runtime', '13.0.96'],
      ['nvidia_cudnn_cu13', '9.24.0.43'],
    ] as const) {
      wheels[`${name}-${version}-py3-none-any.whl`] = library(name, version)
    }
    await using server = await serve(packageIndex(wheels))
    const managed = join(temporaryFolder(), 'libtorch')
    await run(managed, [indexSource(`${server.url}/simple`, null, patience)], { variant: 'cu130' })
    const libraries = readdirSync(join(managed, 'current', 'nvidia')).sort()
    expect(libraries).toEqual(['nvidia_cublas', 'nvidia_cuda_runtime', 'nvidia_cudnn_cu13', 'nvidia_nvjitlink'])
    expect(readFileSync(join(managed, 'current/nvidia/nvidia_cublas/lib/lib.so'), 'utf8')).toBe('13.1.1')
    expect(readFileSync(join(managed, 'current/nvidia/nvidia_nvjitlink/lib/lib.so'), 'utf8')).toBe('13.4.92')
  })

  it('only says what it would do in a dry run', async () => {
    const managed = join(temporaryFolder(), 'libtorch')
    expect(await run(managed, [dead], { dryRun: true })).toBeNull()
    expect(existsSync(managed)).toBe(false)
  })
})

describe('setup --from', () => {
  it('takes a wheel on disk', async () => {
    const file = join(temporaryFolder(), NAME)
    writeFileSync(file, TORCH)
    const managed = join(temporaryFolder(), 'libtorch')
    await setup({ from: file }, { managed, sources: () => [dead] })
    expect(readlinkSync(join(managed, 'current'))).toBe(VERSION)
    expect(existsSync(file)).toBe(true)
  })

  it('takes a folder with wheels', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, NAME), TORCH)
    const managed = join(temporaryFolder(), 'libtorch')
    await setup({ from: folder }, { managed, sources: () => [dead] })
    expect(readlinkSync(join(managed, 'current'))).toBe(VERSION)
    const other = setup({ from: folder, version: '1.0.0' }, { managed, sources: () => [dead] })
    await expect(other).rejects.toThrow(/has no wheel of torch==1.0.0\+cpu/)
  })

  it("takes an archive of PyTorch's C++ library", async () => {
    const files = torchFiles(VERSION).map(file => ({ ...file, name: file.name.replace(/^torch/, 'libtorch') }))
    const file = join(temporaryFolder(), 'libtorch-shared-with-deps-9.9.9.zip')
    writeFileSync(file, zip(files))
    const managed = join(temporaryFolder(), 'libtorch')
    expect(await setup({ from: file }, { managed, sources: () => [dead] })).toBe(join(managed, VERSION, 'torch'))
  })

  it('links a LibTorch folder', async () => {
    const folder = toyLibTorch('9.9.9')
    const managed = join(temporaryFolder(), 'libtorch')
    expect(await setup({ from: folder }, { managed, sources: () => [dead] })).toBe(folder)
    expect(lstatSync(join(managed, 'current', 'torch')).isSymbolicLink()).toBe(true)
    expect(existsSync(join(managed, 'current', 'torch', 'lib', 'libtorch.so'))).toBe(true)
  })

  it('refuses what is none of these', async () => {
    const place = { managed: join(temporaryFolder(), 'libtorch'), sources: () => [dead] }
    await expect(setup({ from: '/does/not/exist' }, place)).rejects.toThrow('there is no /does/not/exist')
    await expect(setup({ from: temporaryFolder() }, place)).rejects.toThrow('neither a LibTorch folder nor')
    const text = join(temporaryFolder(), 'torch.whl')
    writeFileSync(text, 'hello')
    await expect(setup({ from: text }, place)).rejects.toThrow('no usable archive')
  })
})

const pip = findPip()

describe.skipIf(!pip)('pip', () => {
  /** No other place than the test's: what the machine's pip knows is not asked. */
  function isolate(): void {
    vi.stubEnv('PIP_CONFIG_FILE', '/dev/null')
    for (const name of ['PIP_EXTRA_INDEX_URL', 'PIP_FIND_LINKS', 'PIP_INDEX_URL', 'PIP_CONSTRAINT'])
      vi.stubEnv(name, undefined)
  }

  it('downloads exactly what is asked for', async () => {
    isolate()
    await using server = await serve(packageIndex({ [NAME]: TORCH }))
    const folder = temporaryFolder()
    const path = await pipDownload(pip!, `torch==${VERSION}`, folder, `${server.url}/simple`)
    expect(readFileSync(path).equals(TORCH)).toBe(true)
  })

  it('is asked as it is configured, too', async () => {
    isolate()
    await using server = await serve(packageIndex({ [NAME]: TORCH }))
    vi.stubEnv('PIP_INDEX_URL', `${server.url}/simple`)
    const [configured] = sources('cpu', null, pip)
    const path = await fetchWheel({ name: 'torch', specifier: `==${VERSION}` }, temporaryFolder(), [
      configured as Source,
    ])
    expect(readFileSync(path).equals(TORCH)).toBe(true)
  })

  it('says why it could not', async () => {
    isolate()
    const server = await serve(packageIndex({ [NAME]: TORCH }))
    const folder = temporaryFolder()
    const missing = pipDownload(pip!, 'torch==1.2.3+cpu', folder, `${server.url}/simple`)
    await expect(missing).rejects.toThrow(/No matching distribution found for torch==1.2.3\+cpu/)
    await server[Symbol.asyncDispose]()
    const unreachable = pipDownload(pip!, 'torch==1.2.3+cpu', folder, `${server.url}/simple`)
    await expect(unreachable).rejects.toThrow(/an index can't be reached/)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('the order of sources', () => {
  const names = (index: string | null, withPip: boolean) =>
    sources('cpu', index, withPip ? { python: 'python3', pythonVersion: '3.11' } : null).map(source => source.name)

  it("is the user's pip, PyTorch's index through pip, PyTorch's index alone", () => {
    expect(names(null, true)).toEqual([
      'pip as it is configured',
      expect.stringMatching(/^pip with the index https:.*\/whl\/cpu$/),
      expect.stringMatching(/^the index https:.*\/whl\/cpu$/),
    ])
  })

  it("begins with an index of the user's", () => {
    expect(names('https://mirror.example/simple', true)[0]).toBe('pip with the index https://mirror.example/simple')
    expect(names('https://mirror.example/simple', false)).toEqual(['the index https://mirror.example/simple'])
  })
})
