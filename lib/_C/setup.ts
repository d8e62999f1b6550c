/** Tells the addon what it needs to know of `lib`, once an environment. Whatever makes tensors imports this first. */
import { names } from '../_generated/ops.js'
import { makeNamed } from '../_named_result.js'
import { Complex } from '../complex.js'
import { makeDevice } from '../device.js'
import { dtypes } from '../dtype.js'
import { layouts } from '../layout.js'
import { memoryFormats } from '../memory_format.js'
import { Tensor } from '../tensor.js'
import { collectYoung } from './collect.js'
import { makeError } from './errors.js'
import { native } from './native.js'
import { Shell } from './shell.js'

native.registerOps(names)
Shell.prototype = Tensor.prototype
native.setup({
  tensorShell: Shell,
  dtypes,
  layouts,
  memoryFormats,
  makeDevice,
  makeComplex: (re, im) => new Complex(re, im),
  makeNamed,
  makeError,
  collectYoung,
})

// A wrong index in a sparse tensor that nobody has checked reads memory of others.
if (native.getSparseChecks() === null) native.setSparseChecks(true)
