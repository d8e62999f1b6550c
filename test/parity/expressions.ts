/** The same expressions in both languages over the same numbers, compared by what they print. */
import { inspect } from 'node:util'
import * as torch from 'torch-node'
import { expect } from 'vitest'
import { runPython } from './python.js'

/** Python's expression, and ours. */
export type Pair = readonly [python: string, make: () => unknown]

/** What a value prints as; lists line by line, an error as `!` and its first line. */
function textOf(make: () => unknown): string {
  try {
    return show(make())
  } catch (error) {
    return `!${String((error as Error).message).split('\n')[0]}`
  }
}

function show(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value === null) return 'None'
  if (Array.isArray(value) && value.constructor === Array) return value.map(show).join('\n')
  return typeof value === 'string' ? value : inspect(value)
}

const program = `
import json, sys, warnings
warnings.simplefilter('ignore')
import torch
given = json.load(sys.stdin)
torch.sparse.check_sparse_tensor_invariants.enable()
scope = {'torch': torch, **given['inputs']}
exec(given['setup'], scope)

def show(value):
    if type(value) in (list, tuple):
        return '\\n'.join(map(show, value))
    return str(value)

def text(code):
    try:
        return show(eval(code, scope))
    except Exception as error:
        return '!' + str(error).split('\\n')[0]

print(json.dumps([text(code) for code in given['expressions']]))
`

/** Compares every pair; Python sees `inputs` as lists of numbers under their names, after `setup`. */
export function compareExpressions(
  pairs: readonly Pair[],
  { inputs = {}, setup = '' }: { inputs?: Record<string, unknown>; setup?: string } = {},
): void {
  const expressions = pairs.map(([code]) => code)
  const answers = JSON.parse(runPython(program, { input: JSON.stringify({ inputs, setup, expressions }) })) as string[]
  for (const [i, [code, make]] of pairs.entries()) expect(textOf(make), code).toBe(answers[i])
}

/** A seed that is new each time; tests name it, so that a failure can be repeated. */
export function freshSeed(): number {
  const seed = Math.floor(Math.random() * 2 ** 31)
  torch.manual_seed(seed)
  return seed
}
