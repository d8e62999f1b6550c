/** Checkpoints of every kind: what Python writes loads equal here, and what this writes loads equal in Python. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeValue } from './checkpoint_describe.js'
import { python, runPythonFile } from './python.js'

const program = fileURLToPath(new URL('checkpoint_matrix.py', import.meta.url))
let folder = ''
let expected: Record<string, unknown> = {}
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-checkpoint-matrix-'))
  if (python) expected = JSON.parse(runPythonFile(program, ['write', folder]))
})
afterAll(() => rmSync(folder, { recursive: true }))

const pathOf = (name: string, suffix = '') => join(folder, `${name}${suffix}.pt`)

/** The cases whose values are not as `isRight` has it, with the reason. */
async function wrongCases(isRight: (name: string) => unknown): Promise<Record<string, unknown>> {
  const wrong: Record<string, unknown> = {}
  for (const name of Object.keys(expected)) {
    try {
      await isRight(name)
    } catch (error) {
      wrong[name] = (error as Error).message
    }
  }
  return wrong
}

const isEqual = (name: string, value: unknown) => expect(describeValue(value)).toEqual(expected[name])

describe.skipIf(!python)('the matrix of checkpoints', () => {
  test('is large', () => {
    expect(readdirSync(folder).length).toBeGreaterThan(100)
  })

  test('of Python loads equal here', async () => {
    expect(await wrongCases(name => isEqual(name, torch.load(pathOf(name))))).toEqual({})
  })

  test('loads equal asynchronously', async () => {
    expect(await wrongCases(async name => isEqual(name, await torch.loadAsync(pathOf(name))))).toEqual({})
  })

  test('loads equal over a mapping of the file', async () => {
    const isZip = (name: string) => !name.startsWith('legacy')
    expect(await wrongCases(name => isZip(name) && isEqual(name, torch.load(pathOf(name), { mmap: true })))).toEqual({})
  })

  test('saved here in both formats loads equal here and in Python', async () => {
    // What PyTorch cannot read back from its own old format.
    const tooNew = new Set<string>()
    const wrong = await wrongCases(name => {
      const value = torch.load(pathOf(name))
      torch.save(value, pathOf(name, '.zip'))
      isEqual(name, torch.load(pathOf(name, '.zip')))
      try {
        torch.save(value, pathOf(name, '.legacy'), { _use_new_zipfile_serialization: false })
      } catch (error) {
        expect((error as Error).message).toContain('before 1.6 has no')
        tooNew.add(name)
        return
      }
      isEqual(name, torch.load(pathOf(name, '.legacy')))
    })
    expect(wrong).toEqual({})
    expect(JSON.parse(runPythonFile(program, ['check', folder, '.zip', '.legacy']))).toEqual({})
    expect([...tooNew].filter(name => !name.startsWith('dtype_'))).toEqual([
      'nested',
      'shared_bytes',
      'numpy_arrays',
      'numpy_random_state',
    ])
    expect(tooNew.size).toBe(19)
  })
})
