import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseIndexPage, projectPage } from '#lib/cli/simple_index.js'
import { pickWheel } from '#lib/cli/sources.js'
import { fitsMachine, parseWheelName, readRequirements, unpack } from '#lib/cli/wheel.js'
import { temporaryFolder, torchFiles, wheel, zip } from './toy_wheel.js'

function write(name: string, data: Buffer): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, data)
  return path
}

const toy = (tamper?: Parameters<typeof wheel>[4]) =>
  write(
    'torch-9.9.9+cpu-py3-none-any.whl',
    wheel('torch', '9.9.9+cpu', torchFiles('9.9.9+cpu'), ['nvidia-x==1'], tamper),
  )

describe('parseWheelName', () => {
  it('reads the parts', () => {
    expect(parseWheelName('/a/torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl')).toEqual({
      name: 'torch',
      version: '2.13.0+cpu',
      pythons: ['cp311'],
      platforms: ['manylinux_2_28_x86_64'],
    })
    expect(
      parseWheelName('nvidia_cuda_nvrtc-13.0.88-1-py2.py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl'),
    ).toEqual({
      name: 'nvidia-cuda-nvrtc',
      version: '13.0.88',
      pythons: ['py2', 'py3'],
      platforms: ['manylinux2010_x86_64', 'manylinux_2_12_x86_64'],
    })
    expect(parseWheelName('torch-2.13.0.tar.gz')).toBeNull()
  })

  it('knows which machine a wheel is for', () => {
    const fits = (platform: string, arch: string) => fitsMachine(parseWheelName(`a-1-py3-none-${platform}.whl`)!, arch)
    expect(fits('manylinux_2_28_x86_64', 'x64')).toBe(true)
    expect(fits('manylinux_2_28_aarch64', 'x64')).toBe(false)
    expect(fits('manylinux_2_28_aarch64', 'arm64')).toBe(true)
    expect(fits('win_amd64', 'x64')).toBe(false)
    expect(fits('macosx_11_0_arm64', 'arm64')).toBe(false)
    expect(fits('any', 'x64')).toBe(true)
  })
})

describe('an index page', () => {
  const page = projectPage('https://mirror.example/simple/', 'Nvidia_CuBLAS')
  const hash = 'a'.repeat(64)
  const links = parseIndexPage(
    `<a href="/whl/torch-2.13.0%2Bcpu-cp311-cp311-manylinux_2_28_x86_64.whl#sha256=${hash}" data-requires-python="&gt;=3.10">x</a>
     <a href='/whl/torch-2.13.0%2Bcpu-cp312-cp312-manylinux_2_28_x86_64.whl'>x</a>
     <a href="/whl/torch-2.13.0%2Bcpu-cp313-cp313t-manylinux_2_28_x86_64.whl">x</a>
     <a href="/whl/torch-2.13.0%2Bcpu-cp312-cp312-manylinux_2_28_aarch64.whl">x</a>
     <a href="/whl/torch-2.13.1%2Bcpu-cp312-cp312-manylinux_2_28_x86_64.whl" data-yanked="broken">x</a>
     <a href="/whl/torch-2.13.0.tar.gz">x</a>`,
    page,
  )

  it('lists wheels with address and hash', () => {
    expect(page).toBe('https://mirror.example/simple/nvidia-cublas/')
    expect(links).toHaveLength(4)
    expect(links[0]).toMatchObject({
      url: 'https://mirror.example/whl/torch-2.13.0%2Bcpu-cp311-cp311-manylinux_2_28_x86_64.whl',
      file: 'torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl',
      sha256: hash,
    })
    expect(links[1]?.sha256).toBeNull()
  })

  it.runIf(process.arch === 'x64')("prefers the user's Python, then the newest", () => {
    const wanted = { name: 'torch', specifier: '==2.13.0+cpu' }
    expect(pickWheel(links, wanted, 'cp311')?.file).toContain('cp311')
    expect(pickWheel(links, wanted, null)?.file).toContain('x86_64')
    expect(pickWheel(links, { name: 'torch', specifier: '==2.13.0+cu130' }, null)).toBeNull()
  })
})

describe('unpack', () => {
  it('unpacks a wheel with its modes', async () => {
    const folder = join(temporaryFolder(), 'out')
    await unpack(toy(), folder)
    expect(readFileSync(join(folder, 'torch/version.py'), 'utf8')).toBe("__version__ = '9.9.9+cpu'\n")
    expect(statSync(join(folder, 'torch/bin/tool')).mode & 0o111).not.toBe(0)
    expect(statSync(join(folder, 'torch/version.py')).mode & 0o111).toBe(0)
    expect(existsSync(join(folder, 'torch-9.9.9+cpu.dist-info/RECORD'))).toBe(true)
  })

  it('reads requirements', async () => {
    expect(await readRequirements(toy())).toEqual(['nvidia-x==1'])
  })

  it.each([
    [
      'a changed file',
      'does not match the hash',
      (files: { name: string; data: string | Buffer }[]) =>
        files.map(file => (file.name === 'torch/version.py' ? { ...file, data: 'changed' } : file)),
    ],
    [
      'a file that was added',
      "is not in the wheel's RECORD",
      (files: { name: string; data: string | Buffer }[]) => [{ name: 'torch/evil.py', data: '1' }, ...files],
    ],
    [
      'a file that was removed',
      'lacks torch/bin/tool',
      (files: { name: string; data: string | Buffer }[]) => files.filter(file => file.name !== 'torch/bin/tool'),
    ],
    [
      'a wheel without RECORD',
      'has no RECORD',
      (files: { name: string; data: string | Buffer }[]) => files.filter(file => !file.name.endsWith('RECORD')),
    ],
  ])('refuses %s', async (_, message, tamper) => {
    await expect(unpack(toy(tamper), join(temporaryFolder(), 'out'))).rejects.toThrow(message)
  })

  it('refuses names that lead outside', async () => {
    for (const name of ['../evil', '/evil', 'a/../../evil']) {
      const folder = join(temporaryFolder(), 'out')
      await expect(unpack(write('x.zip', zip([{ name, data: 'x' }])), folder)).rejects.toThrow('wants to write outside')
    }
  })

  it('refuses damaged bytes and cut archives', async () => {
    const data = zip([{ name: 'a', data: Buffer.alloc(5000, 'abc'), stored: true }])
    const flipped = Buffer.from(data)
    flipped[1000] = 0
    await expect(unpack(write('x.zip', flipped), temporaryFolder())).rejects.toThrow('a does not match its checksum')
    await expect(unpack(write('x.zip', data.subarray(0, 3000)), temporaryFolder())).rejects.toThrow('no directory')
    await expect(unpack(write('x.zip', Buffer.from('hello')), temporaryFolder())).rejects.toThrow(/no usable archive/)
    await expect(unpack(write('x.zip', Buffer.alloc(0)), temporaryFolder())).rejects.toThrow(/no usable archive/)
  })

  it('reads zip64', async () => {
    const folder = temporaryFolder()
    const files = [
      { name: 'libtorch/a', data: 'first' },
      { name: 'libtorch/b', data: Buffer.alloc(100_000, 'second') },
    ]
    await unpack(write('libtorch.zip', zip(files, true)), folder)
    expect(readFileSync(join(folder, 'torch/a'), 'utf8')).toBe('first')
    expect(readFileSync(join(folder, 'torch/b'))).toHaveLength(100_000)
  })

  it('says how much room is missing', async () => {
    const huge = write('libtorch.zip', zip([{ name: 'libtorch/a', data: 'first' }], true))
    const bytes = readFileSync(huge)
    // The size in the directory's zip64 field.
    const at = bytes.indexOf(Buffer.from([1, 0, 24, 0]))
    bytes.writeBigUInt64LE(2n ** 52n, at + 4)
    writeFileSync(huge, bytes)
    await expect(unpack(huge, temporaryFolder())).rejects.toThrow(/needs 4503599.6 GB/)
    expect(basename(huge)).toBe('libtorch.zip')
  })
})
