/** `torch.quasirandom`. https://docs.pytorch.org/docs/stable/generated/torch.quasirandom.SobolEngine.html */
import { inspect } from 'node:util'
import { type Args, signature } from './_C/args.js'
import { call } from './_C/call.js'
import { valueError } from './_C/raise.js'
import { get_default_dtype } from './_default_dtype.js'
import * as ops from './_generated/ops.js'
import { type dtype, int64 } from './dtype.js'
import { Generator } from './random.js'
import type { Tensor } from './tensor.js'

interface Options {
  dimension: number
  scramble: boolean
  seed: number | bigint | null
}

const bindNew = signature<Options>('SobolEngine', 'dimension', ['scramble', false], ['seed', null])

interface DrawOptions {
  out: Tensor | null
  dtype: dtype | null
}

const bindDraw = signature<DrawOptions & { n: number }>('draw', ['n', 1], ['out', null], ['dtype', null])
const bindDrawBase2 = signature<DrawOptions & { m: number }>('draw_base2', 'm', ['out', null], ['dtype', null])

/** Bits of a point's coordinate. */
const MAXBIT = 30
const MAXDIM = 21201

/**
 * Draws points of the Sobol sequence, which fill [0, 1) in each of `dimension` dimensions (1 to 21201) more evenly than random
 * ones. With `scramble` they are shifted and mixed at random, from `seed` where one is given.
 * https://docs.pytorch.org/docs/stable/generated/torch.quasirandom.SobolEngine.html
 */
export class SobolEngine {
  static readonly MAXBIT = MAXBIT
  static readonly MAXDIM = MAXDIM

  readonly dimension: number
  readonly scramble: boolean
  readonly seed: number | bigint | null
  /** Direction numbers: (dimension, 30). */
  readonly sobolstate: Tensor
  /** The first point, in units of 2⁻³⁰: (dimension,). */
  readonly shift: Tensor
  /** The latest point, in the same units. */
  quasi: Tensor
  /** How many points were drawn. */
  num_generated = 0
  readonly #firstPoint: Tensor

  constructor(...args: Args<[dimension: number], [scramble: boolean, seed: number | bigint | null], Options>) {
    const { dimension, scramble, seed } = bindNew(args)
    if (!Number.isInteger(dimension) || dimension > MAXDIM || dimension < 1)
      throw valueError(`Supported range of dimensionality for SobolEngine is [1, ${MAXDIM}]`)
    this.dimension = dimension
    this.scramble = Boolean(scramble)
    this.seed = seed
    const options = { dtype: int64, device: 'cpu' }
    this.sobolstate = call(ops.zeros, [dimension, MAXBIT], options) as Tensor
    call(ops._sobol_engine_initialize_state_, this.sobolstate, dimension)
    this.shift = this.scramble ? this.#scramble() : (call(ops.zeros, [dimension], options) as Tensor)
    this.quasi = this.shift.clone()
    this.#firstPoint = this.quasi.div(2 ** MAXBIT).reshape(1, -1)
  }

  /** Mixes the direction numbers and returns the shift of every point. */
  #scramble(): Tensor {
    const generator = this.seed === null ? null : new Generator()
    generator?.manual_seed(this.seed!)
    const options = { device: 'cpu', ...(generator && { generator }) }
    const bits = call(ops.randint, 2, [this.dimension, MAXBIT], options)
    const powers = call(ops.pow, 2, call(ops.arange, 0, MAXBIT, { device: 'cpu' }))
    const shift = call(ops.mv, bits, powers) as Tensor
    const triangles = call(ops.tril, call(ops.randint, 2, [this.dimension, MAXBIT, MAXBIT], options))
    call(ops._sobol_engine_scramble_, this.sobolstate, triangles, this.dimension)
    return shift
  }

  /** The next `n` points: (n, dimension). */
  draw(...args: Args<[], [n: number, out: Tensor | null, dtype: dtype | null], DrawOptions & { n: number }>): Tensor {
    const { n, out, dtype } = bindDraw(args)
    return this.#draw(n, out, dtype ?? get_default_dtype())
  }

  #draw(n: number, out: Tensor | null, kind: dtype): Tensor {
    const isFirst = this.num_generated === 0
    const missing = isFirst ? n - 1 : n
    let result = this.#firstPoint.to(kind)
    if (!(isFirst && n === 1)) {
      const before = isFirst ? 0 : this.num_generated - 1
      const options = { dtype: kind }
      const [points, quasi] = call(
        ops._sobol_engine_draw,
        this.quasi,
        missing,
        this.sobolstate,
        this.dimension,
        before,
        options,
      ) as [Tensor, Tensor]
      this.quasi = quasi
      result = isFirst ? (call(ops.cat, [result, points], -2) as Tensor) : points
    }
    this.num_generated += n
    return out === null ? result : out.resize_as_(result).copy_(result)
  }

  /** The next 2ᵐ points: (2ᵐ, dimension). Throws `ValueError` where the points drawn so far spoil the balance. */
  draw_base2(
    ...args: Args<[m: number], [out: Tensor | null, dtype: dtype | null], DrawOptions & { m: number }>
  ): Tensor {
    const { m, out, dtype } = bindDrawBase2(args)
    const n = 2 ** m
    const total = this.num_generated + n
    if (!Number.isInteger(Math.log2(total)))
      throw valueError(
        `The balance properties of Sobol' points require n to be a power of 2. ${this.num_generated} points have been previously generated, then: n=${this.num_generated}+2**${m}=${total}. If you still want to do this, please use 'SobolEngine.draw()' instead.`,
      )
    return this.#draw(n, out, dtype ?? get_default_dtype())
  }

  /** Back to the first point. */
  reset(): this {
    this.quasi.copy_(this.shift)
    this.num_generated = 0
    return this
  }

  /** Leaves out the next `n` points. */
  fast_forward(n: number): this {
    const isFirst = this.num_generated === 0
    const before = isFirst ? 0 : this.num_generated - 1
    call(ops._sobol_engine_ff_, this.quasi, isFirst ? n - 1 : n, this.sobolstate, this.dimension, before)
    this.num_generated += n
    return this
  }

  toString(): string {
    const parts = [`dimension=${this.dimension}`]
    if (this.scramble) parts.push('scramble=True')
    if (this.seed !== null) parts.push(`seed=${this.seed}`)
    return `SobolEngine(${parts.join(', ')})`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}
