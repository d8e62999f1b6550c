/** What the generator reads from a LibTorch folder (a Python wheel's `torch/`). */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const files = {
  variableFunctions: '_C/_VariableFunctions.pyi',
  tensor: '_C/__init__.pyi',
  linalg: 'linalg/__init__.py',
  fft: 'fft/__init__.py',
  special: 'special/__init__.py',
  functional: 'nn/functional.py',
  schemas: '../torchgen/packaged/ATen/native/native_functions.yaml',
  version: 'version.py',
}

/** The LibTorch folder, in the order of `lib/_C/libtorch.ts` (which may not be built yet); null without one. */
export function findLibTorch(root) {
  if (process.env.LIBTORCH) return process.env.LIBTORCH
  const managed = join(root, '.libtorch', 'current', 'torch')
  if (existsSync(managed)) return managed
  const code =
    'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")'
  const answer = spawnSync('python3', ['-c', code], { encoding: 'utf8', timeout: 10_000 })
  return answer.status === 0 ? answer.stdout.trim() || null : null
}

/** Names of the files that are missing in `libtorch`: a plain LibTorch archive has no stubs. */
export function missingSources(libtorch) {
  return Object.values(files).filter(file => !existsSync(join(libtorch, file)))
}

/** @returns {Record<keyof typeof files, string>} */
export function readSources(libtorch) {
  return Object.fromEntries(
    Object.entries(files).map(([key, file]) => [key, readFileSync(join(libtorch, file), 'utf8')]),
  )
}
