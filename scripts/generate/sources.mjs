/** What the generator reads from a LibTorch folder (a Python wheel's `torch/`). */
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

/** The LibTorch folder that `LIBTORCH` or a checkout's `.libtorch/` gives, or null. */
export function findLibTorch(root) {
  const places = [process.env.LIBTORCH, join(root, '.libtorch', 'torch'), join(root, '.libtorch')]
  return places.find(place => place && existsSync(join(place, 'lib'))) ?? null
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
