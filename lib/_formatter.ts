import { printOptions } from './_printoptions.js'
import { formatExponent, formatFixed } from './_python_format.js'

/** A real element as `tolist` gives it. */
export type Element = number | bigint | boolean

function plainText(value: Element): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return String(value)
}

/** Writes the elements of one tensor in one width and notation, chosen by all of them together. */
export class Formatter {
  readonly floating: boolean
  private integral = true
  private scientific = false
  private maxWidth = 1

  constructor(values: readonly Element[], floating: boolean) {
    this.floating = floating
    const texts = floating ? this.chooseNotation(values as readonly number[]) : values.map(plainText)
    for (const text of texts) this.maxWidth = Math.max(this.maxWidth, text.length)
  }

  private chooseNotation(values: readonly number[]): string[] {
    const numbers = values.filter(value => Number.isFinite(value) && value !== 0)
    if (numbers.length === 0) return []
    let min = Number.POSITIVE_INFINITY
    let max = 0
    for (const value of numbers) {
      const magnitude = Math.abs(value)
      min = Math.min(min, magnitude)
      max = Math.max(max, magnitude)
    }
    this.integral = numbers.every(Number.isInteger)
    this.scientific = printOptions.sci_mode ?? (max / min > 1000 || max > 1e8 || min < 1e-4)
    if (this.scientific) return numbers.map(value => formatExponent(value, printOptions.precision))
    if (this.integral) return numbers.map(value => `${formatFixed(value, 0)}.`)
    return numbers.map(value => formatFixed(value, printOptions.precision))
  }

  get width(): number {
    return this.maxWidth
  }

  format(value: Element): string {
    return this.text(value).padStart(this.maxWidth)
  }

  private text(value: Element): string {
    if (!this.floating) return plainText(value)
    const number = Number(value)
    if (this.scientific) return formatExponent(number, printOptions.precision)
    if (!this.integral) return formatFixed(number, printOptions.precision)
    return formatFixed(number, 0) + (Number.isFinite(number) ? '.' : '')
  }
}
