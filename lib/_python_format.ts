/**
 * Python's formats of floating-point numbers. JavaScript's `toFixed` and `toExponential` differ: they round exact ties up
 * where Python rounds them to even, drop the sign of -0, and write exponents with one digit.
 */

function special(value: number): string | null {
  if (Number.isNaN(value)) return 'nan'
  if (value === Number.POSITIVE_INFINITY) return 'inf'
  if (value === Number.NEGATIVE_INFINITY) return '-inf'
  return null
}

const isNegative = (value: number): boolean => value < 0 || Object.is(value, -0)

function fixedMagnitude(value: number, precision: number): string {
  if (value >= 1e21) {
    const digits = BigInt(value).toString()
    return precision === 0 ? digits : `${digits}.${'0'.repeat(precision)}`
  }
  const rounded = value.toFixed(precision)
  // A number with at most precision + 1 binary places has an exact decimal form of as many places: only then is a tie possible.
  if (!Number.isInteger(value * 2 ** (precision + 1))) return rounded
  const exact = value.toFixed(precision + 1)
  if (!exact.endsWith('5')) return rounded
  const truncated = exact.slice(0, precision === 0 ? -2 : -1)
  return Number(truncated.at(-1)) % 2 === 0 ? truncated : rounded
}

/** `f'{value:.{precision}f}'` */
export function formatFixed(value: number, precision: number): string {
  const name = special(value)
  if (name !== null) return name
  return isNegative(value) ? `-${fixedMagnitude(-value, precision)}` : fixedMagnitude(value, precision)
}

/** The `digits` significant decimal digits of a positive number, ties to even, and the power of ten of the first. */
function significant(value: number, digits: number): [digits: string, exponent: number] {
  const [mantissa, exponent] = value.toExponential(100).split('e') as [string, string]
  const all = mantissa.replace('.', '')
  const kept = all.slice(0, digits)
  const tie = all[digits] === '5' && /^50*$/.test(all.slice(digits)) && Number(kept.at(-1)) % 2 === 0
  if (tie) return [kept, Number(exponent)]
  const [rounded, power] = value.toExponential(digits - 1).split('e') as [string, string]
  return [rounded.replace('.', ''), Number(power)]
}

function exponentText(exponent: number): string {
  return `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** `f'{value:.{precision}e}'` */
export function formatExponent(value: number, precision: number): string {
  const name = special(value)
  if (name !== null) return name
  const sign = isNegative(value) ? '-' : ''
  const [digits, exponent] = value === 0 ? ['0'.repeat(precision + 1), 0] : significant(Math.abs(value), precision + 1)
  const point = precision === 0 ? '' : '.'
  return `${sign}${digits[0]}${point}${digits.slice(1)}${exponentText(exponent)}`
}

/** `f'{value:.{precision}g}'` */
export function formatGeneral(value: number, precision = 6): string {
  const name = special(value)
  if (name !== null) return name
  const sign = isNegative(value) ? '-' : ''
  if (value === 0) return `${sign}0`
  const places = Math.max(1, precision)
  const [digits, exponent] = significant(Math.abs(value), places)
  const trimmed = digits.replace(/0+$/, '')
  if (exponent < -4 || exponent >= places) {
    const rest = trimmed.slice(1)
    return `${sign}${trimmed[0]}${rest ? `.${rest}` : ''}${exponentText(exponent)}`
  }
  return sign + placePoint(trimmed, exponent)
}

/** Puts the decimal point into digits whose first stands for 10 to the `exponent`. */
function placePoint(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  if (digits.length <= exponent + 1) return digits.padEnd(exponent + 1, '0')
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}

/** `repr(value)` of a Python float: the shortest digits that read back as the same number. */
export function floatRepr(value: number): string {
  const name = special(value)
  if (name !== null) return name
  const sign = isNegative(value) ? '-' : ''
  if (value === 0) return `${sign}0.0`
  const [mantissa, power] = Math.abs(value).toExponential().split('e') as [string, string]
  const digits = mantissa.replace('.', '')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) {
    const rest = digits.slice(1)
    return `${sign}${digits[0]}${rest ? `.${rest}` : ''}${exponentText(exponent)}`
  }
  const text = placePoint(digits, exponent)
  return sign + (text.includes('.') ? text : `${text}.0`)
}
