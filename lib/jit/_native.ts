/** TorchScript's values as JavaScript objects. Whatever runs TorchScript imports this. */
import { inspect } from 'node:util'
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

type TupleClass = new (values: readonly unknown[]) => unknown[]

/** By name and fields, so that tuples of one type have one class. */
const tupleClasses = new Map<string, TupleClass>()

function newTupleClass(type: string, names: readonly string[]): TupleClass {
  return class extends makeNamed(names, type) {
    static {
      Object.defineProperty(this, 'name', { value: type })
    }

    /** As Python prints it: `Out(a=…, n=7)`. */
    override toString(): string {
      return `${type}(${names.map((name, i) => `${name}=${inspect(this[i])}`).join(', ')})`
    }
  }
}

function makeNamedTuple(type: string, names: readonly string[], values: readonly unknown[]): unknown[] {
  const key = `${type}(${names.join()})`
  const tuple = tupleClasses.get(key) ?? newTupleClass(type, names)
  tupleClasses.set(key, tuple)
  return Object.freeze(new tuple(values)) as unknown[]
}

native.scriptHooks({
  makeScript: (script, isModule) => (isModule ? makeModule(script) : makeObject(script)),
  makeEnum: (type, name, value) => new ScriptEnum(type, name, value),
  makeNamedTuple,
})
