/** The strings that a `str` parameter takes, where PyTorch's documentation lists them: the first pattern that fits. */
const rules = [
  [/^fft_\w+ norm$/, ['forward', 'backward', 'ortho']],
  [/ rounding_mode$/, ['trunc', 'floor']],
  [/ interpolation$/, ['linear', 'lower', 'higher', 'midpoint', 'nearest']],
  [/ side$/, ['left', 'right']],
  [/ padding_side$/, ['left', 'right']],
  [/^conv\d?d? padding$/, ['valid', 'same']],
  [/ UPLO$/, ['L', 'U']],
  [/^scatter_? reduce$/, ['add', 'multiply']],
  [/^scatter_reduce_? reduce$/, ['sum', 'prod', 'mean', 'amax', 'amin']],
  [/^index_reduce_? reduce$/, ['prod', 'mean', 'amax', 'amin']],
  [/^segment_reduce reduce$/, ['sum', 'mean', 'max', 'min', 'prod']],
  [/^linalg_lstsq driver$/, ['gels', 'gelsy', 'gelsd', 'gelss']],
  [/^linalg_svd\w* driver$/, ['gesvd', 'gesvdj', 'gesvda']],
  [/^linalg_\w+ (?:ord|p)$/, ['fro', 'nuc']],
  [/^linalg_qr mode$/, ['reduced', 'complete', 'r']],
  [/^pad mode$/, ['constant', 'reflect', 'replicate', 'circular']],
  [/ approximate$/, ['none', 'tanh']],
]

/** `type` with `string` made a union of literals for this operator's parameter. */
export function withLiterals(type, operator, parameter) {
  if (!/\bstring\b/.test(type)) return type
  const rule = rules.find(([pattern]) => pattern.test(`${operator} ${parameter}`))
  return rule ? type.replace(/\bstring\b/, rule[1].map(text => `'${text}'`).join(' | ')) : type
}
