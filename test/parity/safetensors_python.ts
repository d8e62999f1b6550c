/** The Python package `safetensors`, beside the Python that the other parity tests ask. */
import { runPython } from './python.js'
import { pythonPackage } from './python_package.js'

/** The release that the messages and the order of tensors were taken from, or a newer one. */
const { folder, whyNot } = pythonPackage('safetensors', ['safetensors>=0.8.0'])

/** What `sys.path` needs. */
export const safetensorsFolder = folder
/** Why there is no package to ask; empty when there is one. */
export const whyNoSafetensors = whyNot

/** `runPython` with the package. */
export const askSafetensors: typeof runPython = (program, options) =>
  runPython(
    `import sys; sys.path.append(${JSON.stringify(folder)})
from safetensors import safe_open
from safetensors.torch import *
${program}`,
    options,
  )
