/** What a dataset, a function or a batch becomes in a message to another thread. */

/** A function or class, by name: the library's own, or one that a module exports. */
export type FunctionName =
  | { readonly torch: string }
  | { readonly url: string; readonly name: string; readonly source: string; readonly line: number }

/** A value: a primitive as it is, all else as a tag with what it takes to build it. `id`s count objects in their order. */
export type Part =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly ['ref', id: number]
  | readonly ['tensor', index: number, prototype: Part, fields: Fields]
  | readonly ['function', FunctionName]
  | readonly ['constant', torch: string]
  | readonly ['device', string]
  | readonly ['generator', device: string, state: number]
  | readonly ['clone', unknown]
  | readonly ['bytes', Uint8Array]
  | readonly ['url', string]
  | readonly ['array', prototype: Part, items: readonly Part[]]
  | readonly ['map', entries: readonly (readonly [Part, Part])[]]
  | readonly ['set', items: readonly Part[]]
  | readonly ['object', bare: boolean, fields: Fields]
  | readonly ['instance', constructor: Part, callable: boolean, state: Part, fields: Fields]
  | readonly ['constructed', constructor: Part, args: Part]

export type Fields = readonly (readonly [key: string, value: Part, enumerable: boolean])[]

/** A message: the value, the modules that its functions come from, and tickets for its tensors. */
export interface Packed {
  readonly root: Part
  readonly modules: readonly string[]
  readonly tickets: readonly bigint[]
}
