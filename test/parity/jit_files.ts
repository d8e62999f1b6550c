/** The TorchScript files of `jit.py`, and what Python gets from them. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { python } from './python.js'

export interface Answers {
  calls: Record<string, unknown>
  'defaults by keyword': unknown
  schemas: Record<string, string>
  counter: unknown
  errors: Record<string, [type: string, message: string]>
  net: {
    str: string
    code: string
    graph: string
    inlined: string
    parameters: string[]
    buffers: string[]
    modules: string[]
    state: string[]
    original_name: string
  }
  loaded: { str: string; code: string; graph: string }
  frozen: { code: string; attributes: string[] }
}

/** Runs a Python file of this folder; throws with its last words when it fails. */
export function runFile(name: string, ...args: string[]): string {
  const file = join(packageRoot, 'test', 'parity', name)
  const run = spawnSync(python!.command, [file, ...args], { encoding: 'utf8', env: python!.env, maxBuffer: 1 << 28 })
  if (run.status !== 0) throw new Error(`Python failed (${run.signal ?? run.status}):\n${run.stderr}`)
  return run.stdout
}

export function writeScripts(): { folder: string; answers: Answers } {
  const folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-jit-'))
  runFile('jit.py', folder)
  return { folder, answers: JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8')) as Answers }
}
