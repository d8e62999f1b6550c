import { typeName } from '../_C/args.js'
import { native } from '../_C/native.js'
import { isModule } from '../nn/_module_state.js'
import type { AnyModule, Forward } from '../nn/module.js'
import type { Tensor } from '../tensor.js'
import { mirror } from './_mirror.js'
import { sourceText } from './_source.js'
import { CompilationUnit } from './compilation_unit.js'
import { ScriptFunction } from './script_function.js'
import { ScriptModule } from './script_module.js'

/**
 * Compiles TorchScript's source text: `jit.script('def twice(x): return 2 * x')` gives the function. With a module, the text
 * holds its methods and refers to its parameters, buffers and children through `self`; the result is a `ScriptModule` that
 * shares them: `jit.script(net, 'def forward(self, x): return self.fc(x)')`. What is TorchScript already comes back as it
 * is. Functions written in TypeScript can't be compiled: `jit.trace` records what they do.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.script.html
 *
 * @throws {TorchError} that shows the place in the source which TorchScript does not take
 */
export function script(source: string): ScriptFunction
export function script<T extends ScriptModule<Forward> | ScriptFunction<Forward>>(source: T): T
export function script<F extends Forward = (...args: unknown[]) => Tensor>(
  module: AnyModule,
  source: string,
): ScriptModule<F>
export function script(obj: unknown, source?: string): unknown {
  if (typeof obj === 'string') {
    const functions = new CompilationUnit().define(obj)
    if (functions.length !== 1)
      throw new TypeError(
        `jit.script takes the source of one function, got ${functions.length}: use jit.CompilationUnit for several`,
      )
    return functions[0]
  }
  if (obj instanceof ScriptModule || obj instanceof ScriptFunction) return obj
  if (isModule(obj) && typeof source === 'string') {
    const compiled = mirror(obj)
    native.scriptDefine(compiled, sourceText(source))
    return new ScriptModule(compiled)
  }
  throw new TypeError(
    `jit.script takes source text in TorchScript, or a module and the source of its methods, got ${typeName(obj)}; ` +
      'jit.trace records what a function or module of TypeScript does',
  )
}
