import { type NativeScript, native } from '../_C/native.js'
import { Callable, setCaller } from '../nn/_callable.js'
import type { Tensor } from '../tensor.js'
import { run, runAsync } from './_run.js'
import { type ExtraFiles, saveScript } from './_save.js'

export interface ScriptFunction<F extends (...args: never[]) => unknown = (...args: unknown[]) => Tensor> {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (...args: Parameters<F>): ReturnType<F>
}

/**
 * A function of TorchScript, which is called as any other; what `jit.script` and `jit.trace` make of a function.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.ScriptFunction.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `Callable` makes the instances functions.
export class ScriptFunction<F extends (...args: never[]) => unknown = (...args: unknown[]) => Tensor> extends Callable {
  /** @internal */
  declare readonly _c: NativeScript

  /** @internal Use `jit.script` or `jit.trace`. */
  constructor(script: NativeScript) {
    super()
    Object.defineProperty(this, '_c', { value: script })
  }

  /** Runs on a thread of the addon's own, as `ScriptModule.forwardAsync` does. */
  callAsync(...args: unknown[]): Promise<ReturnType<F>> {
    return runAsync(this._c, '', args) as Promise<ReturnType<F>>
  }

  get name(): string {
    return native.scriptDescribe(this._c).methods[0]!.name
  }

  get schema(): string {
    return native.scriptDescribe(this._c).methods[0]!.schema
  }

  get code(): string {
    return native.scriptCode(this._c, '')
  }

  get graph(): string {
    return native.scriptGraph(this._c, '', 'plain')
  }

  get inlined_graph(): string {
    return native.scriptGraph(this._c, '', 'inlined')
  }

  /** Writes a file that `jit.load` reads as a module with this function as its `forward`. */
  save(f: string | URL, options: { _extra_files?: ExtraFiles } = {}): void {
    saveScript(this._c, f, options._extra_files)
  }

  override toString(): string {
    return `<torch.jit.ScriptFunction '${this.name}'>`
  }
}

setCaller(ScriptFunction.prototype, (self: ScriptFunction, args) => run(self._c, '', args))
