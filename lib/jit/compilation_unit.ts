import { native } from '../_C/native.js'
import { sourceText } from './_source.js'
import { ScriptFunction } from './script_function.js'

/**
 * The functions of a source text in TorchScript, each a property.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.CompilationUnit.html
 */
export class CompilationUnit {
  readonly [name: string]: ScriptFunction | CompilationUnit['define']

  constructor(source = '') {
    if (source !== '') this.define(source)
  }

  /** @throws {TorchError} that shows the place in the source which TorchScript does not take */
  define(source: string): ScriptFunction[] {
    const functions = native.scriptDefine(null, sourceText(source)).map(script => new ScriptFunction(script))
    for (const fn of functions) Object.defineProperty(this, fn.name, { value: fn, enumerable: true })
    return functions
  }
}
