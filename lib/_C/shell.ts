/**
 * Makes the object that a new tensor will be. The addon fills it; an object made here costs a tenth of one made there.
 * `setup.ts` sets `Shell.prototype` to `Tensor.prototype`, which this file can't import: the class's methods call operators.
 */
// biome-ignore lint/complexity/useArrowFunction: only a function can be constructed and have its prototype replaced
export const Shell = function () {} as unknown as { new (): object; prototype: object }
