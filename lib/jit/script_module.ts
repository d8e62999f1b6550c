import { type NativeScript, native } from '../_C/native.js'
import { kState, recordOf } from '../nn/_module_state.js'
import { type Forward, Module } from '../nn/module.js'
import { Parameter } from '../nn/parameter.js'
import type { Tensor } from '../tensor.js'
import { setMakers } from './_native.js'
import { run, runAsync } from './_run.js'
import { type ExtraFiles, saveScript } from './_save.js'
import { sourceText } from './_source.js'

/** Gives a tensor that TorchScript holds the class of a parameter. */
function asParameter(tensor: Tensor): Parameter {
  return Object.setPrototypeOf(tensor, Parameter.prototype) as Parameter
}

/** Reads an attribute anew each time, but keeps the JavaScript object while the tensor is the same. */
function tensorGetter(script: NativeScript, name: string, convert: (t: Tensor) => Tensor): () => Tensor | null {
  let known: Tensor | null = null
  return () => {
    const now = native.scriptGet(script, name) as Tensor | null
    if (now === null) return null
    if (known === null || !native.isSame(known, now)) known = convert(now)
    return known
  }
}

/**
 * A module of TorchScript: what `jit.load`, `jit.trace` and `jit.script` give, Python's `RecursiveScriptModule`. It is a
 * `Module` whose parameters, buffers, children and other attributes are its properties, and so are its methods; it can be
 * moved, fine-tuned by an optimizer, and saved.
 *
 * Arguments are converted to the types that the method declares: plain objects and Maps are dictionaries, arrays lists and
 * tuples, strings also members of enumerations. A trailing plain object holds keywords unless its place asks for a
 * dictionary.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.ScriptModule.html
 */
export class ScriptModule<F extends Forward = (...args: unknown[]) => Tensor> extends Module<F> {
  /** @internal */
  declare readonly _c: NativeScript

  /** @internal Use `jit.load`, `jit.trace` or `jit.script`. */
  constructor(script: NativeScript) {
    super()
    Object.defineProperty(this, '_c', { value: script })
    this.#reflect()
  }

  /** Makes a property of each attribute and method of the TorchScript object. */
  #reflect(): void {
    const script = this._c
    const { attributes, constants, methods } = native.scriptDescribe(script)
    const set = (name: string) => (value: unknown) => native.scriptSet(script, name, value)
    const property = (name: string, get: () => unknown, enumerable: boolean) =>
      Object.defineProperty(this, name, { get, set: set(name), enumerable, configurable: true })
    for (const { name, kind } of attributes) {
      if (kind === 'parameter') property(name, tensorGetter(script, name, asParameter), true)
      else if (kind === 'buffer') {
        recordOf(this)[kState].buffers.set(name, true)
        property(
          name,
          tensorGetter(script, name, t => t),
          true,
        )
      } else if (kind === 'module') {
        let child = native.scriptGet(script, name)
        Object.defineProperty(this, name, {
          get: () => child,
          set: value => {
            native.scriptSet(script, name, value)
            child = native.scriptGet(script, name)
          },
          enumerable: true,
          configurable: true,
        })
      } else if (name === 'training' || !(name in this)) property(name, () => native.scriptGet(script, name), false)
    }
    for (const name of constants) if (!(name in this)) property(name, () => native.scriptGet(script, name), false)
    for (const { name } of methods) {
      // `forward` and what a Module already has stay as they are, as in Python.
      if (name in this) continue
      const method = (...args: unknown[]): unknown => run(script, name, args)
      Object.defineProperty(this, name, { value: method, configurable: true })
    }
  }

  override forward(...args: unknown[]): unknown {
    return run(this._c, 'forward', args)
  }

  /**
   * Calls `forward` on a thread of the addon's own: the event loop goes on. Several calls run at once, up to
   * `inference.maxInFlight()`. The trailing keywords may hold a `signal`, whose abort rejects the promise.
   */
  forwardAsync(...args: unknown[]): Promise<ReturnType<F>> {
    return this.callAsync('forward', ...args)
  }

  /** Calls any method as `forwardAsync` calls `forward`. */
  callAsync<R = ReturnType<F>>(method: string, ...args: unknown[]): Promise<R> {
    return runAsync(this._c, method, args) as Promise<R>
  }

  /** Compiles a source text in TorchScript and adds its functions as methods: `def scaled(self, x: Tensor): …`. */
  define(source: string): void {
    native.scriptDefine(this._c, sourceText(source))
    this.#reflect()
  }

  /** Writes the module as a file that `jit.load` reads, here and in Python. */
  save(f: string | URL, options: { _extra_files?: ExtraFiles } = {}): void {
    saveScript(this._c, f, options._extra_files)
  }

  /** The file's bytes. */
  save_to_buffer(options: { _extra_files?: ExtraFiles } = {}): Uint8Array {
    return native.scriptSave(this._c, null, Object.entries(options._extra_files ?? {}))!
  }

  /** `forward` as TorchScript's source. */
  get code(): string {
    return native.scriptCode(this._c, 'forward')
  }

  /** `forward` as TorchScript's intermediate representation. */
  get graph(): string {
    return native.scriptGraph(this._c, 'forward', 'plain')
  }

  /** `graph` with the graphs of all that it calls. */
  get inlined_graph(): string {
    return native.scriptGraph(this._c, 'forward', 'inlined')
  }

  /** The name of the class that was scripted. */
  get original_name(): string {
    const { name } = native.scriptDescribe(this._c)
    return name.slice(name.lastIndexOf('.') + 1)
  }

  /** The methods' schemas by name. */
  get schemas(): Record<string, string> {
    return Object.fromEntries(native.scriptDescribe(this._c).methods.map(({ name, schema }) => [name, schema]))
  }

  override extra_repr(): string {
    return `original_name=${this.original_name}`
  }

  override _get_name(): string {
    return 'RecursiveScriptModule'
  }

  /** What `deepcopy` asks for: a copy inside TorchScript. */
  __deepcopy__(): ScriptModule<F> {
    return new ScriptModule<F>(native.scriptCopy(this._c))
  }
}

setMakers({ module: script => new ScriptModule(script) })
