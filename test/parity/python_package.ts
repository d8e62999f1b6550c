/** Python packages that single tests ask, each installed once into the repository's cache without what it depends on. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { python, whyNoPython } from './python.js'

export interface PythonPackage {
  /** Where it is installed. */
  folder: string
  /** Why it is not; empty when it is. */
  whyNot: string
}

function install(name: string, requirements: readonly string[], folder: string): string {
  if (!python) return whyNoPython
  if (existsSync(folder)) return ''
  const staging = `${folder}.${process.pid}`
  console.error(`torch-node: installing ${name} for the parity tests …`)
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', staging, ...requirements]
  const answer = spawnSync(python.command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  if (answer.status !== 0) {
    rmSync(staging, { recursive: true, force: true })
    return `pip could not install ${name}: ${answer.stderr.trim().split('\n').pop()}`
  }
  mkdirSync(dirname(folder), { recursive: true })
  try {
    renameSync(staging, folder)
  } catch {
    // Another run was faster.
    rmSync(staging, { recursive: true, force: true })
  }
  return ''
}

export function pythonPackage(name: string, requirements: readonly string[]): PythonPackage {
  const folder = join(packageRoot, '.cache', 'python', name)
  return { folder, whyNot: install(name, requirements, folder) }
}
