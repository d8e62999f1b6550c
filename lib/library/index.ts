/** `torch.library`: operators written in JavaScript. https://docs.pytorch.org/docs/stable/library.html */

export type { BackwardFormula, SetupContext } from './_autograd.js'
export { type CustomOpDef, custom_op } from './custom_op.js'
export { fallthrough_kernel, type Kernel, Library, type LibraryKind } from './library.js'
export { define, impl, register_autograd, register_fake, register_kernel } from './registrations.js'
