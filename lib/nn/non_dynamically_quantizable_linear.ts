import { Linear } from './linear.js'

/** The output projection of `MultiheadAttention`: a `Linear` with a name of its own, as it is printed. @internal */
export class NonDynamicallyQuantizableLinear extends Linear {}
