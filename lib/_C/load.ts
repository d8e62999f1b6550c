import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Native } from './native.js'

// Placeholder until the set-up work lands: opens LIBTORCH and build/Release.
export function loadAddon(): Native {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
  const libtorch = process.env.LIBTORCH
  if (libtorch) {
    try {
      process.dlopen({ exports: {} } as NodeJS.Module, join(libtorch, 'lib', 'libtorch.so'), 2 | 0x1000)
    } catch (error) {
      if (!/self-register/.test(String(error))) throw error
    }
  }
  return createRequire(import.meta.url)(join(root, 'build', 'Release', 'torch_node.node')) as Native
}
