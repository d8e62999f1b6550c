import { Transform } from './_transform.js'

/** Changes nothing. */
export class Identity extends Transform {
  override transform(inpt: unknown): unknown {
    return inpt
  }
}
