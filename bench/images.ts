/** The pictures of the image cases, and the torchvision that Python's side reads them with. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { type Python, runPython } from '../test/parity/python.js'
import { torchvisionFolder, whyNoTorchvision } from '../test/parity/torchvision.js'

/** Both sides find the folder of the pictures in this variable of their environment; without it they leave the cases out. */
export const imagesVariable = 'TORCH_NODE_BENCH_IMAGES'

export interface Images {
  /** For both sides. */
  env: NodeJS.ProcessEnv
  remove(): void
}

/** Has Python's Pillow write 64 JPEG files of 500×375 smooth pixels, in two classes' folders. */
export function makeImages(python: Python): Images {
  if (whyNoTorchvision) {
    console.error(`no image cases: ${whyNoTorchvision}`)
    return { env: {}, remove: () => {} }
  }
  const folder = mkdtempSync(join(tmpdir(), 'torch-node-bench-'))
  const program = `
import sys
sys.path.insert(0, sys.argv[2])
sys.path.insert(0, sys.argv[1])
import bench
bench.make_images(sys.argv[3])
`
  runPython(program, { args: [torchvisionFolder, join(packageRoot, 'bench'), folder] })
  const PYTHONPATH = [python.env.PYTHONPATH, torchvisionFolder].filter(Boolean).join(delimiter)
  return {
    env: { [imagesVariable]: folder, PYTHONPATH },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
