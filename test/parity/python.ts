/**
 * The Python that parity tests ask: one that can import the `torch` of the very LibTorch that the addon runs on.
 *
 * `import { python, whyNoPython } from './python.js'`, then `describe.skipIf(!python)(…)`; a run says aloud at its end how
 * many tests that skipped.
 */
import {
  type ChildProcessWithoutNullStreams,
  type SpawnSyncOptionsWithStringEncoding,
  spawn,
  spawnSync,
} from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { packageRoot, searchLibTorch } from '#lib/_C/libtorch.js'

export interface Python {
  /** The interpreter. */
  readonly command: string
  /** Its environment: `PYTHONPATH` holds the LibTorch folder's `torch` and what that imports. */
  readonly env: NodeJS.ProcessEnv
  /** Such as `2.13.0+cpu`. */
  readonly torchVersion: string
}

/** What `import torch` and PyTorch's own test databases (op_db, module_db, optim_db) import, by module name. */
const NEEDED: Record<string, string> = {
  typing_extensions: 'typing-extensions>=4.10.0',
  sympy: 'sympy>=1.13.3',
  networkx: 'networkx>=2.5.1',
  jinja2: 'jinja2',
  fsspec: 'fsspec>=0.8.5',
  filelock: 'filelock',
  numpy: 'numpy',
  expecttest: 'expecttest',
}

const QUIET: SpawnSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }

/** Python's minor version that the folder's extension module is built for, such as `3.11`. */
function builtFor(torchFolder: string): string | null {
  for (const file of readdirSync(torchFolder)) {
    const tag = /^_C\.cpython-3(\d+)-/.exec(file)
    if (tag) return `3.${tag[1]}`
  }
  return null
}

function versionOf(command: string): string | null {
  const code = 'import sys; print("%d.%d" % sys.version_info[:2])'
  const answer = spawnSync(command, ['-c', code], QUIET)
  return answer.status === 0 ? answer.stdout.trim() : null
}

function missingModules(command: string, env: NodeJS.ProcessEnv): string[] {
  const code = `import importlib.util as u
print(" ".join(m for m in ${JSON.stringify(Object.keys(NEEDED))} if u.find_spec(m) is None))`
  const answer = spawnSync(command, ['-c', code], { ...QUIET, env })
  return answer.stdout.split(/\s+/).filter(Boolean)
}

/** Installs what is missing into `folder`, all or nothing. Returns what went wrong, or null. */
function installModules(command: string, modules: string[], folder: string): string | null {
  const staging = `${folder}.${process.pid}`
  console.error(`torch-node: installing ${modules.join(', ')} for the parity tests …`)
  const requirements = modules.map(module => NEEDED[module] as string)
  const args = ['-m', 'pip', 'install', '--quiet', '--target', staging, ...requirements]
  const answer = spawnSync(command, args, QUIET)
  if (answer.status !== 0) {
    rmSync(staging, { recursive: true, force: true })
    return `pip could not install ${modules.join(', ')}: ${answer.stderr.trim().split('\n').pop()}`
  }
  mkdirSync(dirname(folder), { recursive: true })
  try {
    renameSync(staging, folder)
  } catch {
    // Another run was faster, or an older set lacked something.
    if (!existsSync(folder)) throw new Error(`can't rename ${staging} to ${folder}`)
    rmSync(folder, { recursive: true })
    renameSync(staging, folder)
  }
  return null
}

function findPython(): Python | string {
  const { found } = searchLibTorch()
  if (!found) return 'there is no LibTorch'
  const minor = builtFor(found.folder)
  if (!minor) return `${found.folder} is a LibTorch without its Python part`
  const named = process.env.TORCH_NODE_PYTHON
  const candidates = named ? [named] : [`python${minor}`, 'python3', 'python']
  const command = candidates.find(candidate => versionOf(candidate) === minor)
  if (!command) return `none of ${candidates.join(', ')} is Python ${minor}, which this LibTorch's torch is built for`
  const extra = join(packageRoot, '.cache', 'python', minor)
  const path = [dirname(found.folder), extra, process.env.PYTHONPATH].filter(Boolean).join(':')
  const env = { ...process.env, PYTHONPATH: path }
  const missing = missingModules(command, env)
  if (missing.length > 0) {
    // The whole set goes in at once: a partial one would be replaced by the next.
    const wrong = installModules(command, Object.keys(NEEDED), extra)
    if (wrong) return wrong
  }
  return { command, env, torchVersion: found.version ?? 'unknown' }
}

const answer = findPython()

/** The Python to ask, or null. */
export const python: Python | null = typeof answer === 'string' ? null : answer
/** Why there is none; empty when there is one. */
export const whyNoPython: string = typeof answer === 'string' ? answer : ''

interface RunOptions {
  args?: readonly string[]
  input?: string
  timeout?: number
}

/** Runs a Python program to its end and returns what it printed; throws with its last words when it fails. */
export function runPython(program: string, options: RunOptions = {}): string {
  return run(['-c', program, ...(options.args ?? [])], options)
}

/** `runPython` for a program in a file. */
export function runPythonFile(file: string, args: readonly string[], options: Omit<RunOptions, 'args'> = {}): string {
  return run([file, ...args], options)
}

function run(args: readonly string[], options: RunOptions): string {
  if (!python) throw new Error(`there is no Python to ask: ${whyNoPython}`)
  const run = spawnSync(python.command, args, {
    encoding: 'utf8',
    env: python.env,
    input: options.input ?? '',
    timeout: options.timeout ?? 600_000,
    maxBuffer: 1 << 30,
  })
  if (run.status !== 0) throw new Error(`Python failed (${run.signal ?? run.status}):\n${run.stderr}`)
  return run.stdout
}

/** A Python program in a file that answers every line of JSON with one: what takes long to import is imported once. */
export class PythonDialogue {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #answers: AsyncIterator<string>
  #complaints = ''

  constructor(file: string, ...args: string[]) {
    if (!python) throw new Error(`there is no Python to ask: ${whyNoPython}`)
    this.#child = spawn(python.command, [file, ...args], { env: python.env })
    this.#child.stderr.on('data', chunk => {
      this.#complaints += String(chunk)
    })
    // A program that has ended says why on the other pipe.
    this.#child.stdin.on('error', () => {})
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** @throws Error with Python's last words when it ends instead of answering. */
  async ask(question: unknown): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`)
    const { done, value } = await this.#answers.next()
    if (done) throw new Error(`Python failed:\n${this.#complaints}`)
    return JSON.parse(value)
  }

  /** Lets the program end. */
  end(): void {
    this.#child.stdin.end()
  }
}
