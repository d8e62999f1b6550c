/**
 * `torch.return_types`: the classes of results with names, such as `torch.return_types.max`. Each result is an array too.
 */
import * as generated from './_generated/return_types.js'

export * from './_generated/return_types.js'

/** Every class of this namespace. */
export const all_return_types: readonly (new (values: Iterable<unknown>) => unknown)[] = Object.values(generated)
