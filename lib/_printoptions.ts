import { type Args, signature } from './_C/args.js'

/** How tensors print; see `set_printoptions`. */
export interface PrintOptions {
  /** Digits after the point of floating-point numbers; 4 unless told. */
  precision: number
  /** More elements than this are summarized; 1000 unless told. */
  threshold: number
  /** Elements shown at the beginning and end of each summarized dimension; 3 unless told. */
  edgeitems: number
  /** Characters a line; 80 unless told. */
  linewidth: number
  /** True for scientific notation, false for none, null to choose by the values. */
  sci_mode: boolean | null
}

interface PrintKeywords {
  precision: number | null
  threshold: number | null
  edgeitems: number | null
  linewidth: number | null
  /** Sets all of the above: `'default'`, `'short'` or `'full'`. */
  profile: 'default' | 'short' | 'full' | null
  sci_mode: boolean | null
}

/** @internal */
export const printOptions: PrintOptions = {
  precision: 4,
  threshold: 1000,
  edgeitems: 3,
  linewidth: 80,
  sci_mode: null,
}

const profiles = {
  default: { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80 },
  short: { precision: 2, threshold: 1000, edgeitems: 2, linewidth: 80 },
  full: { precision: 4, threshold: Number.POSITIVE_INFINITY, edgeitems: 3, linewidth: 80 },
}

const bindOptions = signature<PrintKeywords>(
  'set_printoptions',
  ['precision', null],
  ['threshold', null],
  ['edgeitems', null],
  ['linewidth', null],
  ['profile', null],
  ['sci_mode', null],
)

type PrintArgs = Args<
  [],
  [
    precision: number | null,
    threshold: number | null,
    edgeitems: number | null,
    linewidth: number | null,
    profile: 'default' | 'short' | 'full' | null,
    sci_mode: boolean | null,
  ],
  PrintKeywords
>

/**
 * Sets how tensors print. `sci_mode` is chosen by the values again unless it is given.
 * https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
 */
export function set_printoptions(...args: PrintArgs): void {
  const { profile, sci_mode, ...numbers } = bindOptions(args)
  if (profile !== null) {
    if (!Object.hasOwn(profiles, profile))
      throw new TypeError(`profile must be 'default', 'short' or 'full', got ${String(profile)}`)
  }
  for (const [name, value] of Object.entries(numbers)) {
    if (value === null) continue
    const valid =
      typeof value === 'number' && value >= 0 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY)
    if (!valid) throw new TypeError(`${name} must be a whole number, got ${String(value)}`)
  }
  if (profile !== null) Object.assign(printOptions, profiles[profile])
  const { precision, threshold, edgeitems, linewidth } = numbers
  if (precision !== null) printOptions.precision = Math.min(precision, 100)
  if (threshold !== null) printOptions.threshold = threshold
  if (edgeitems !== null) printOptions.edgeitems = edgeitems
  if (linewidth !== null) printOptions.linewidth = linewidth
  printOptions.sci_mode = sci_mode
}

/** The present options, as `set_printoptions` takes them. */
export function get_printoptions(): PrintOptions {
  return { ...printOptions }
}
