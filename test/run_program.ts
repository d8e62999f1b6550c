/** Running a program of this repository, as `npm run example` does once everything is set up. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'

/** Runs a TypeScript program to its end and returns what it printed; throws with its last words when it fails. */
export function runProgram(source: string, args: readonly string[] = [], cwd = packageRoot): string {
  const compiled = join(packageRoot, '.cache', 'programs', source.replace(/\.ts$/, '.js'))
  if (!existsSync(compiled)) throw new Error(`${source} is not compiled: npx tsc -p tsconfig.programs.json does it`)
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...(source.startsWith('test') ? ['--conditions=unbundled'] : []), compiled, ...args],
    {
      encoding: 'utf8',
      cwd,
      timeout: 300_000,
    },
  )
  if (status !== 0) throw new Error(`${source} failed (${signal ?? status}):\n${stderr}`)
  return stdout
}
