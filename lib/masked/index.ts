/**
 * `torch.masked`: reductions and normalisations over the elements where a mask is true. Strided tensors only.
 * https://docs.pytorch.org/docs/stable/masked.html
 */
export * from './normalizations.js'
export * from './reductions.js'
