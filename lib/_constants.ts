/** Numbers that scripts write as `torch.pi`. */
export const pi = Math.PI
export const e = Math.E
export const inf = Number.POSITIVE_INFINITY
export const nan = Number.NaN
/** The index that adds a dimension. */
export const newaxis = null
