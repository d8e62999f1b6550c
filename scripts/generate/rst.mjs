/** reStructuredText with math as plain text. */

const symbols = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  delta: 'δ',
  epsilon: 'ε',
  varepsilon: 'ε',
  zeta: 'ζ',
  eta: 'η',
  theta: 'θ',
  lambda: 'λ',
  mu: 'μ',
  nu: 'ν',
  xi: 'ξ',
  pi: 'π',
  rho: 'ρ',
  sigma: 'σ',
  tau: 'τ',
  phi: 'φ',
  varphi: 'φ',
  psi: 'ψ',
  omega: 'ω',
  chi: 'χ',
  Gamma: 'Γ',
  Delta: 'Δ',
  Sigma: 'Σ',
  Phi: 'Φ',
  Psi: 'Ψ',
  Omega: 'Ω',
  Lambda: 'Λ',
  Pi: 'Π',
  leq: '≤',
  le: '≤',
  geq: '≥',
  ge: '≥',
  neq: '≠',
  ne: '≠',
  approx: '≈',
  equiv: '≡',
  in: '∈',
  notin: '∉',
  times: '×',
  cdot: '·',
  ast: '*',
  odot: '⊙',
  otimes: '⊗',
  oplus: '⊕',
  pm: '±',
  infty: '∞',
  sum: 'Σ',
  prod: 'Π',
  int: '∫',
  partial: '∂',
  nabla: '∇',
  to: '→',
  rightarrow: '→',
  Rightarrow: '⇒',
  leftarrow: '←',
  dots: '…',
  ldots: '…',
  cdots: '…',
  vdots: '…',
  forall: '∀',
  exists: '∃',
  mid: '|',
  vert: '|',
  lvert: '|',
  rvert: '|',
  Vert: '‖',
  lVert: '‖',
  rVert: '‖',
  lfloor: '⌊',
  rfloor: '⌋',
  lceil: '⌈',
  rceil: '⌉',
  land: '∧',
  lor: '∨',
  neg: '¬',
  subset: '⊂',
  quad: ' ',
  qquad: ' ',
  colon: ':',
  ell: 'ℓ',
  sim: '~',
  top: 'T',
  langle: '⟨',
  rangle: '⟩',
  lt: '<',
  gt: '>',
  div: '÷',
  bmod: 'mod',
  setminus: '\\',
  circ: '∘',
  propto: '∝',
  iff: '⇔',
}
const letters = { R: 'ℝ', C: 'ℂ', N: 'ℕ', Z: 'ℤ', K: '𝕂', E: '𝔼' }
const transparent =
  /\\(?:text|mathrm|mathbf|mathit|mathcal|operatorname\*?|mathop|mathbin|boldsymbol|bm|mathrlap|mathscr|texttt|textbf|textit|hat|tilde|vec|hbox|mbox|underline)\s*\{([^{}]*)\}/g

/** TeX as one line that a reader of code understands. */
export function math(tex) {
  let text = tex.replace(/\s+/g, ' ').trim()
  text = text
    .replace(/\\begin\{\w+\*?\}(?:\{[^}]*\})?|\\end\{\w+\*?\}/g, ' ')
    .replace(/\\\\/g, '; ')
    .replace(/&/g, '')
  text = text.replace(/\\mathbb\{(\w)\}/g, (_, letter) => letters[letter] ?? letter)
  text = text.replace(/\\(?:left|right|big|Big|bigg|Bigg|displaystyle|limits|nolimits|bigl|bigr)(?![a-zA-Z])/g, '')
  for (let before = ''; before !== text; ) {
    before = text
    text = text
      .replace(transparent, '$1')
      .replace(/\\(?:overline|bar)\{([^{}]*)\}/g, 'conj($1)')
      .replace(/\\d?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, (_, a, b) => `${grouped(a)} / ${grouped(b)}`)
      .replace(/\\sqrt\s*\{([^{}]*)\}/g, '√($1)')
      .replace(/\\(?:under|over)brace\s*\{([^{}]*)\}/g, '$1')
      .replace(/([_^])\{(\\?[\w*+-]+)\}/g, '$1$2')
      .replace(/([_^])\{([^{}]*)\}/g, '$1($2)')
  }
  text = text.replace(/\\([a-zA-Z]+)/g, (_, name) => symbols[name] ?? name)
  text = text.replace(/\\[,;:! ]/g, ' ').replace(/\\([{}_%#&|$])/g, (_, c) => (c === '{' ? '⦃' : c === '}' ? '⦄' : c))
  text = text.replace(/[{}]/g, '').replaceAll('⦃', '{').replaceAll('⦄', '}')
  return text.replace(/\^T\b/g, 'ᵀ').replace(/\^H\b/g, 'ᴴ').replace(/~/g, ' ').replace(/\s+/g, ' ').trim()
}

function grouped(text) {
  return /^[\w.]+$/.test(text.trim()) ? text.trim() : `(${text.trim()})`
}

/** Python's constants in prose. */
export function javascriptWords(text) {
  return text.replace(/\b(?:True|False|None)\b/g, word => javascript[word])
}

const javascript = { True: 'true', False: 'false', None: 'null' }

/** Inline rst as plain text with Markdown's backticks. */
export function inline(rst) {
  const text = rst
    .replace(/\s+/g, ' ')
    .replace(/:math:`([^`]*)`/g, (_, tex) => math(tex))
    .replace(
      /:(?:attr|func|meth|class|mod|data|obj|exc|ref|doc|literal|code|envvar):`~?([^`<]*?)\s*(?:<([^`>]*)>)?`/g,
      (whole, text, target) =>
        /^:(?:ref|doc):/.test(whole) || (target && text) ? text : `\`${text.replace(/\(\)$/, '')}\``,
    )
    .replace(/``([^`]*)``/g, '`$1`')
    .replace(/`\\s\b/g, '`s')
    .replace(/`([^`]*\\[a-z][^`]*)`/g, (_, tex) => `\`${math(tex)}\``)
    .replace(/`([^`<]+?)\s*<[^`>]+>`__?/g, '$1')
    .replace(/`([^`]+)`__?(?!\w)/g, '`$1`')
    .replace(/\[\w+\]_/g, '')
    .replace(/\\ /g, '')
    .replace(/`(\w+)``? ?= ?(\w+)`/g, '`$1=$2`')
    .replaceAll('*/', '*\\/')
    .trim()
  return javascriptWords(text)
}
