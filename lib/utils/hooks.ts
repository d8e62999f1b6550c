/**
 * What registering a hook returns: `remove()` takes the hook off again; also good for `using`.
 * https://docs.pytorch.org/docs/stable/notes/modules.html#module-hooks
 */
export class RemovableHandle {
  #remove: (() => void) | null

  /** @internal */
  constructor(remove: () => void) {
    this.#remove = remove
  }

  /** Takes the hook off. A second call does nothing. */
  remove(): void {
    this.#remove?.()
    this.#remove = null
  }

  [Symbol.dispose](): void {
    this.remove()
  }
}
