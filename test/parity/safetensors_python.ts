/** The Python package `safetensors`, beside the Python that the other parity tests ask. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { python, runPython, whyNoPython } from './python.js'

/** The reference that the messages and the order of tensors were taken from. */
const requirement = 'safetensors>=0.8.0'

function install(): string {
  if (!python) return whyNoPython
  const own = spawnSync(python.command, ['-c', 'import safetensors'], { env: python.env })
  if (own.status === 0) return ''
  const folder = join(packageRoot, '.cache', 'python', 'safetensors')
  if (!existsSync(folder)) {
    const staging = `${folder}.${process.pid}`
    console.error(`torch-node: installing ${requirement} for the parity tests …`)
    const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', staging, requirement]
    const answer = spawnSync(python.command, args, { encoding: 'utf8' })
    if (answer.status !== 0) {
      rmSync(staging, { recursive: true, force: true })
      return `pip could not install ${requirement}: ${answer.stderr.trim().split('\n').pop()}`
    }
    mkdirSync(dirname(folder), { recursive: true })
    if (existsSync(folder)) rmSync(staging, { recursive: true })
    else renameSync(staging, folder)
  }
  python.env.PYTHONPATH = `${python.env.PYTHONPATH}:${folder}`
  return ''
}

/** Why there is no package to ask; empty when there is one. */
export const whyNoSafetensors = install()

/** `runPython` with the package. */
export const askSafetensors: typeof runPython = (program, options) =>
  runPython(`from safetensors import safe_open\nfrom safetensors.torch import *\n${program}`, options)
