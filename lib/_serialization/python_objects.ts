/** What Python has and JavaScript has not, as the pickler writes it. */

/** Something that Python rebuilds by a call: `callable(...args)`. */
export class Reduce {
  constructor(
    readonly callable: Global,
    readonly args: Tuple,
  ) {}
}

/** A class or function by its full name. */
export class Global {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}
}

/** Python's tuple. */
export class Tuple {
  constructor(readonly items: readonly unknown[]) {}
}

/** Something that is not in the pickle but beside it: a storage. */
export class PersistentId {
  constructor(readonly id: Tuple) {}
}

/** Python's `collections.OrderedDict`, with attributes of its own. */
export class OrderedDict {
  constructor(
    readonly entries: readonly (readonly [string, unknown])[] = [],
    readonly attributes: Record<string, unknown> | null = null,
  ) {}
}

const globals = new Map<string, Global>()

/** The one object for a name, so that it is written once. */
export function globalOf(module: string, name: string): Global {
  const key = `${module} ${name}`
  const known = globals.get(key) ?? new Global(module, name)
  globals.set(key, known)
  return known
}

/** A number that is a float in Python, also where it is whole. */
export class Float {
  constructor(readonly value: number) {}
}
