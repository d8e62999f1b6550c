import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'
import { python } from './python.js'

type Nest = number | boolean | Nest[]

type Described =
  | '...'
  | { i: number }
  | { s: [number | null, number | null, number | null] }
  | { none: 1 }
  | { b: boolean }
  | { l: number[] }
  | { t: Nest; d: 'bool' | 'int64' | 'int32'; shape: number[] }

type Outcome = { shape: number[]; values: Nest } | { error: string; message: string }

interface Case {
  shape: number[]
  dtype: 'float32' | 'int64'
  indices: Described[]
  read: Outcome
  value: { scalar: number | boolean } | { t: Nest; shape: number[] }
  write: Outcome
}

function drawCases(seed: number, count: number): Case[] {
  const program = join(packageRoot, 'test', 'parity', 'indexing.py')
  const run = spawnSync(python!.command, [program, String(seed), String(count)], {
    env: python!.env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (run.status !== 0) throw new Error(`drawing indices failed: ${run.stderr}`)
  return run.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Case)
}

/** Nested lists lose the sizes behind a 0: hence the reshape. */
const dtypes = { bool: torch.bool, float32: torch.float32, int32: torch.int32, int64: torch.int64 }

const tensorOf = (nest: Nest, dtype: torch.dtype, shape: number[]) => torch.tensor(nest, { dtype }).reshape(shape)

function indexOf(what: Described): torch.Index {
  if (what === '...') return '...'
  if ('i' in what) return what.i
  if ('s' in what) return torch.slice(...what.s)
  if ('b' in what) return what.b
  if ('l' in what) return what.l
  if ('t' in what) return tensorOf(what.t, dtypes[what.d], what.shape)
  return null
}

function outcome(run: () => torch.Tensor): Outcome {
  try {
    const result = run()
    return { shape: [...result.shape], values: result.tolist() as Nest }
  } catch (error) {
    return { error: (error as Error).name, message: (error as Error).message }
  }
}

/** Errors of the same kind and, where the words don't speak of Python, the same words. */
function alike(own: Outcome, theirs: Outcome): void {
  if (!('error' in theirs)) {
    expect(own).toEqual(theirs)
    return
  }
  const kind = theirs.error === 'RuntimeError' ? 'TorchError' : theirs.error
  expect(own).toMatchObject({ error: kind })
  const words = `${theirs.message}${(own as { message?: string }).message}`
  if (!/0-dim|valid indices|expand\(/.test(words)) expect(own).toMatchObject({ message: theirs.message })
}

describe.skipIf(!python)('indexing as Python indexes', () => {
  it('reads and writes 2,000 random indices', { timeout: 120_000 }, () => {
    const cases = drawCases(11, 2000)
    expect(cases).toHaveLength(2000)
    for (const sample of cases) {
      const { shape, dtype, indices, value } = sample
      const x = torch
        .arange(
          shape.reduce((product, size) => product * size, 1),
          { dtype: dtypes[dtype] },
        )
        .reshape(shape)
      const own = indices.map(indexOf)
      const given = 'scalar' in value ? value.scalar : tensorOf(value.t, x.dtype, value.shape)
      const label = JSON.stringify({ shape, dtype, indices, value })
      try {
        alike(
          outcome(() => x.at(...own)),
          sample.read,
        )
        alike(
          outcome(() => x.clone().setAt(own, given)),
          sample.write,
        )
      } catch (error) {
        throw new Error(`${label}\n${(error as Error).message}`, { cause: error })
      }
    }
  })
})
