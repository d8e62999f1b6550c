/** Asks the user's pip for a wheel: it knows their mirrors, proxies, certificates and wheels on disk. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Progress, showBytes } from './progress.js'
import { SetupError } from './setup_error.js'

export interface Pip {
  /** Such as `python3`. */
  readonly python: string
  /** Such as `3.11`. */
  readonly pythonVersion: string
}

/** The pip of the Python on the PATH, or null where there is none. */
export function findPip(): Pip | null {
  const code = 'import sys, pip; print("%d.%d" % sys.version_info[:2])'
  for (const python of ['python3', 'python']) {
    const answer = spawnSync(python, ['-c', code], { encoding: 'utf8', timeout: 30_000 })
    if (answer.status === 0) return { python, pythonVersion: answer.stdout.trim() }
  }
  return null
}

async function largestFile(folder: string): Promise<number> {
  let largest = 0
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const { size } = await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))
    largest = Math.max(largest, size)
  }
  return largest
}

const UNITS: Record<string, number> = { kB: 1e3, MB: 1e6, GB: 1e9 }

/** The size in pip's line `Downloading …whl (191.3 MB)`. */
function announcedSize(line: string): number {
  const size = /Downloading .*\(([\d.]+) (kB|MB|GB)\)/.exec(line)
  return size ? Number(size[1]) * (UNITS[size[2] as string] ?? 0) : 0
}

/**
 * Has pip download the wheel of `requirement` to `folder` and returns its path. `index` replaces the configured one.
 * Throws a SetupError with pip's reason. An index that does not answer costs half a minute at most.
 */
export async function pipDownload(
  pip: Pip,
  requirement: string,
  folder: string,
  index: string | null,
): Promise<string> {
  // pip writes what it receives to its temporary folder: there its progress can be seen, whichever release it is.
  const staging = await mkdtemp(join(folder, 'pip-'))
  const temporary = join(staging, 'tmp')
  await mkdir(temporary, { recursive: true })
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--progress-bar=off', '--no-input']
  args.push('--timeout=12', '--retries=1', '--disable-pip-version-check', '--no-color', '--dest', staging)
  if (index) args.push('--index-url', index)
  let progress: Progress | null = null
  let output = ''
  try {
    const child = spawn(pip.python, [...args, requirement], {
      env: { ...process.env, TMPDIR: temporary, PIP_QUIET: '0', PIP_VERBOSE: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const total = announcedSize(text)
        if (total > 1e6 && !progress) progress = showBytes(`pip downloads ${requirement}`, total)
      })
    }
    const watch = setInterval(() => {
      if (progress) void largestFile(temporary).then(size => progress?.update(size))
    }, 300)
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    }).finally(() => clearInterval(watch))
    if (code !== 0) throw new SetupError(reasonOf(output))
    const wheel = (await readdir(staging)).find(file => file.endsWith('.whl'))
    if (!wheel) throw new SetupError('pip said that it succeeded, but left no wheel')
    return join(staging, wheel)
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    throw error
  } finally {
    ;(progress as Progress | null)?.stop()
  }
}

/** What pip's output says went wrong, in a line. */
function reasonOf(output: string): string {
  const lines = output.split('\n').map(line => line.trim())
  const unreachable = lines.find(line =>
    /NewConnectionError|ConnectTimeout|ConnectionError|Max retries|Name or service/i.test(line),
  )
  const errors = lines.filter(line => /^ERROR:/i.test(line)).map(line => line.replace(/^ERROR:\s*/i, ''))
  const refused =
    errors.find(line => /No matching distribution/.test(line)) ?? errors.at(-1) ?? lines.at(-1) ?? 'it failed'
  return unreachable ? `${refused} (an index can't be reached)` : refused
}
