import { Transform } from './transform.js'

export interface Lambda<Input, Output> {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (input: Input): Output
}

/** A function as a transform. https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Lambda.html */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class Lambda<Input, Output> extends Transform {
  readonly lambd: (input: Input) => Output

  constructor(lambd: (input: Input) => Output) {
    super()
    if (typeof lambd !== 'function')
      throw new TypeError(`Argument lambd should be callable, got ${lambd === null ? 'null' : typeof lambd}`)
    this.lambd = lambd
  }

  forward(input: Input): Output {
    return this.lambd(input)
  }
}
