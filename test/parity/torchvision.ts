/**
 * The torchvision that parity tests ask, with its Pillow: installed once into the repository's cache, without the torch it
 * asks for, beside the torch of the very LibTorch that the addon runs on.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { python, runPython, whyNoPython } from './python.js'

/** Where it is installed. */
export const torchvisionFolder = join(packageRoot, '.cache', 'python', 'torchvision')
const folder = torchvisionFolder

function install(): string | null {
  if (!python) return whyNoPython
  if (existsSync(folder)) return null
  const staging = `${folder}.${process.pid}`
  console.error('torch-node: installing torchvision and pillow for the parity tests …')
  const args = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-deps',
    '--target',
    staging,
    'torchvision>=0.28,<0.30',
    'pillow',
  ]
  const answer = spawnSync(python.command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  if (answer.status !== 0) {
    rmSync(staging, { recursive: true, force: true })
    return `pip could not install torchvision: ${answer.stderr.trim().split('\n').pop()}`
  }
  mkdirSync(dirname(folder), { recursive: true })
  try {
    renameSync(staging, folder)
  } catch {
    // Another run was faster.
    rmSync(staging, { recursive: true, force: true })
  }
  return null
}

/** Why there is none; empty when there is one. */
export const whyNoTorchvision: string = install() ?? ''

/** What a program starts with: torchvision's own operators are compiled for another LibTorch and are left out. */
const preamble = `
import sys, types
sys.path.insert(0, ${JSON.stringify(folder)})
sys.modules['torchvision._meta_registrations'] = types.ModuleType('torchvision._meta_registrations')
import json, torch, torchvision, numpy as np
from PIL import Image
import torchvision.transforms as T
import torchvision.transforms.functional as F
torch.set_num_threads(1)
`

/** Runs a Python program that has `torch`, `torchvision`, `T`, `F`, `np`, `Image` and `json`, and returns its output. */
export function runTorchvision(program: string, args: readonly string[] = []): string {
  return runPython(preamble + program, { args })
}
