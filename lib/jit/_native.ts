/** TorchScript's values as JavaScript objects. Whatever runs TorchScript imports this. */
import { type NativeScript, native } from '../_C/native.js'
import { makeNamed } from '../_named_result.js'
import { ScriptEnum } from './script_enum.js'

type Make = (script: NativeScript) => object

let makeModule: Make
let makeObject: Make

/** Tells how modules and objects are made; their classes call this, since they import this file. */
export function setMakers(makers: { module?: Make; object?: Make }): void {
  makeModule = makers.module ?? makeModule
  makeObject = makers.object ?? makeObject
}

const tupleClasses = new Map<string, new (...values: unknown[]) => unknown[]>()

function makeNamedTuple(type: string, names: readonly string[], values: readonly unknown[]): unknown[] {
  const key = `${type}(${names.join()})`
  let tuple = tupleClasses.get(key)
  if (tuple === undefined) {
    tuple = makeNamed(names, type)
    tupleClasses.set(key, tuple)
  }
  return new tuple(...values)
}

native.scriptHooks({
  makeScript: (script, isModule) => (isModule ? makeModule(script) : makeObject(script)),
  makeEnum: (type, name, value) => new ScriptEnum(type, name, value),
  makeNamedTuple,
})
