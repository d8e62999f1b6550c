/** A member of an enumeration of TorchScript. Where one is an argument, its name as a string will do. */
export class ScriptEnum {
  /** The qualified name of the enumeration. */
  readonly type: string
  readonly name: string
  readonly value: unknown

  constructor(type: string, name: string, value: unknown) {
    this.type = type
    this.name = name
    this.value = value
    Object.freeze(this)
  }

  /** As Python prints it: `Color.RED`. */
  toString(): string {
    return `${this.type.slice(this.type.lastIndexOf('.') + 1)}.${this.name}`
  }
}
