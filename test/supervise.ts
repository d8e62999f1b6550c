/** Runs a program in a child process that may crash or hang, and hands its lines over as they come. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface SuperviseOptions {
  args?: readonly string[]
  /** Node's own options, such as `--expose-gc`. */
  nodeOptions?: readonly string[]
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** The most address space it may take: a larger allocation fails, as on a machine without that memory. */
  memoryLimitKb?: number
  /** A child that prints no line for so long counts as hanging and is ended. */
  patienceMs: number
  onLine: (line: string) => void
}

/** How a child came to its end. */
export interface Ending {
  /** True when it exited with status 0. */
  clean: boolean
  /** True when it was ended for saying nothing. */
  hung: boolean
  /** In words: `SIGSEGV: last line of what it wrote to stderr`. */
  reason: string
}

/** What a line of stderr that tells why a process ended looks like. */
const FATAL = /Error\b|FATAL|Assertion|terminate called|what\(\)/

/** `program` is a compiled one, by absolute path. */
export function supervise(program: string, options: SuperviseOptions): Promise<Ending> {
  const node = [
    process.execPath,
    '--conditions=unbundled',
    ...(options.nodeOptions ?? []),
    program,
    ...(options.args ?? []),
  ]
  const limit = options.memoryLimitKb
  const [command, ...args] = limit ? ['sh', '-c', `ulimit -v ${limit} && exec "$@"`, 'sh', ...node] : node
  const child = spawn(command!, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    cwd: options.cwd,
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000)
  })
  let hung = false
  const kill = () => {
    hung = true
    child.kill('SIGKILL')
  }
  let timer = setTimeout(kill, options.patienceMs)
  createInterface({ input: child.stdout }).on('line', line => {
    clearTimeout(timer)
    timer = setTimeout(kill, options.patienceMs)
    options.onLine(line)
  })
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const lines = errors.trim().split('\n')
      const lastWords = lines.findLast(line => FATAL.test(line)) ?? lines.at(-1) ?? ''
      if (hung) done({ clean: false, hung, reason: `no answer for ${options.patienceMs / 1000} s` })
      else done({ clean: code === 0, hung, reason: `${signal ?? `exit ${code}`}${lastWords && `: ${lastWords}`}` })
    })
  })
}
