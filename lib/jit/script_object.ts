import { type NativeScript, native } from '../_C/native.js'
import { setMakers } from './_native.js'
import { run } from './_run.js'

/** An instance of a class of TorchScript that is no module: its attributes and methods are its properties. */
export class ScriptObject {
  /** @internal */
  declare readonly _c: NativeScript
  readonly [name: string]: unknown

  /** @internal */
  constructor(script: NativeScript) {
    Object.defineProperty(this, '_c', { value: script })
    const { attributes, methods } = native.scriptDescribe(script)
    for (const { name } of attributes) {
      Object.defineProperty(this, name, {
        get: () => native.scriptGet(script, name),
        set: value => native.scriptSet(script, name, value),
        enumerable: true,
      })
    }
    for (const { name } of methods) {
      if (name in this) continue
      Object.defineProperty(this, name, { value: (...args: unknown[]) => run(script, name, args) })
    }
  }
}

setMakers({ object: script => new ScriptObject(script) })
