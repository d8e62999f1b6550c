import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { ValueError } from '../_C/errors.js'
import type { Tensor } from '../tensor.js'
import { encode, type ImageSource, type OpenOptions, open, type SaveOptions } from './_image/codec.js'
import { JpegSource } from './_image/jpeg.js'
import { convertPixels, factsOf, type Mode, type Pixels } from './_image/modes.js'
import { floatBands, mirrorBytes } from './_image/native.js'
import { type Resample, resamplePixels } from './_image/resample.js'
import { type Transpose, transposePixels } from './_image/transpose.js'

/** Left, upper, right, lower: pixels from the left and top; right and lower are outside. */
export type Box = readonly [left: number, upper: number, right: number, lower: number]

/** One number for all bands, or one for each. */
export type Color = number | readonly number[]

/**
 * A picture in memory, in the manner of Pillow's `Image`: what datasets give and transforms take. Decoding and encoding are
 * asynchronous, everything between is not. Methods give new images; `putpixel` and `paste` change this one.
 *
 * ```ts
 * const image = (await Image.open('cat.jpg')).convert('RGB')
 * await image.resize([224, 224]).save('small.png')
 * ```
 */
export class Image {
  /** How pixels are stored, see `Mode`. */
  readonly mode: Mode
  readonly width: number
  readonly height: number
  /** What the file was, such as `jpeg`; null for an image made here. */
  readonly format: string | null
  /** Which way up the file's picture is, EXIF's number: 1 as it is; see `ImageOps.exif_transpose`. */
  readonly orientation: number
  /** A JPEG file's until somebody looks at its pixels. */
  private _pixels: Pixels | JpegSource
  /** Has a part of an undecoded file been taken? Who takes a second one takes more. */
  private _cropped = false

  private constructor(
    mode: Mode,
    width: number,
    height: number,
    pixels: Pixels | JpegSource,
    format: string | null = null,
    orientation = 1,
  ) {
    this.mode = mode
    this.width = width
    this.height = height
    this._pixels = pixels
    this.format = format
    this.orientation = orientation
  }

  /** For a copy in a worker: its pixels, not the file that they are still in. @internal */
  workerArguments(): unknown[] {
    return [this.mode, this.width, this.height, this.data, this.format, this.orientation]
  }

  /**
   * The pixels themselves: rows from the top, bands together. The first look decodes a JPEG file.
   *
   * @throws {ValueError} for a JPEG file that is damaged or cut off
   */
  get data(): Pixels {
    if (this._pixels instanceof JpegSource) this._pixels = this._pixels.pixels()
    return this._pixels
  }

  /** What `floatBands` makes of the pixels; null where they are not of 8 bits. @internal */
  _floats(mean: readonly number[], std: readonly number[]): Tensor | null {
    if (this._pixels instanceof JpegSource) {
      const floats = this._pixels.floats(mean, std)
      if (floats) return floats
    }
    const { data } = this
    return data instanceof Uint8Array ? floatBands(data, this.size, factsOf(this.mode).bands.length, mean, std) : null
  }

  /** Decodes the file, if that is still to be done, on another thread; `data` does it on this one. Resolves to the image. */
  async load(): Promise<this> {
    if (this._pixels instanceof JpegSource) this._pixels = await this._pixels.pixelsAsync()
    return this
  }

  /**
   * Reads a picture from a path, a file URL or the bytes of a file (JPEG, PNG, WebP, GIF, TIFF, AVIF). A JPEG file is decoded
   * when somebody looks at its pixels, as Pillow does; `crop` decodes the part that it takes.
   *
   * @throws {ValueError} for what is no picture, is cut off, or has more than `maxPixels`
   */
  static async open(source: ImageSource, options: OpenOptions = {}): Promise<Image> {
    const { mode, width, height, pixels, format, orientation } = await open(source, options)
    return new Image(mode, width, height, pixels, format, orientation)
  }

  /** A picture of one colour. `size` is width, height. */
  static new(mode: Mode, size: readonly [width: number, height: number], color: Color = 0): Image {
    const { bands, array } = factsOf(mode)
    const [width, height] = checkedSize(size)
    const data = new array(width * height * bands.length)
    const values = colorValues(color, bands.length)
    if (values.every(value => value === values[0])) data.fill(values[0]!)
    else for (let i = 0; i < data.length; i++) data[i] = values[i % bands.length]!
    return new Image(mode, width, height, data)
  }

  /**
   * A picture of given pixels: an array of the mode's kind is taken as it is, bytes are read as such an array. `size` is
   * width, height.
   *
   * @throws {ValueError} when the length is not what mode and size need
   */
  static frombytes(mode: Mode, size: readonly [width: number, height: number], data: Pixels): Image {
    const { bands, array } = factsOf(mode)
    const [width, height] = checkedSize(size)
    const needed = width * height * bands.length
    let pixels = data
    if (!(data instanceof array)) {
      if (!(data instanceof Uint8Array))
        throw new TypeError(`an image of mode ${mode} takes ${array.name} or bytes, got ${data?.constructor?.name}`)
      if (data.byteLength !== needed * new array(0).BYTES_PER_ELEMENT) throw wrongLength(data.byteLength, mode, size)
      pixels = new array(needed)
      new Uint8Array(pixels.buffer).set(data)
    }
    if (pixels.length !== needed) throw wrongLength(pixels.length, mode, size)
    return new Image(mode, width, height, pixels)
  }

  /** Width and height in pixels. */
  get size(): [width: number, height: number] {
    return [this.width, this.height]
  }

  /** The names of the bands: `['R', 'G', 'B']`. */
  getbands(): string[] {
    return [...factsOf(this.mode).bands]
  }

  /** The pixels as bytes, in new memory. */
  tobytes(): Uint8Array {
    return new Uint8Array(this.data.buffer, this.data.byteOffset, this.data.byteLength).slice()
  }

  copy(): Image {
    const pixels = this._pixels instanceof JpegSource ? this._pixels : this._pixels.slice()
    return new Image(this.mode, this.width, this.height, pixels, this.format, this.orientation)
  }

  /** The picture in another mode. @throws {ValueError} for a pair that has no conversion */
  convert(mode: Mode): Image {
    factsOf(mode)
    if (mode === this.mode) return this.copy()
    const pixels = convertPixels(this.data, this.mode, mode)
    return new Image(mode, this.width, this.height, pixels, null, this.orientation)
  }

  /** The picture at another size, width and height. Default `bicubic`, as Pillow's. */
  resize(size: readonly [width: number, height: number], resample: Resample = 'bicubic'): Image {
    const [width, height] = checkedSize(size)
    if (width === 0 || height === 0) throw new ValueError('height and width must be > 0')
    if (width === this.width && height === this.height) return this.copy()
    if (this._pixels instanceof JpegSource && (resample === 'bilinear' || resample === 'bicubic')) {
      const source = this._pixels.resized([width, height], resample)
      if (source && this._pixels.hasSteps) return new Image(this.mode, width, height, source)
    }
    const data = resamplePixels(this.data, this.mode, this.size, [width, height], resample)
    return new Image(this.mode, width, height, data)
  }

  /** A part of the picture; what lies outside it is 0. */
  crop(box: Box): Image {
    const [left, upper, right, lower] = box.map(Math.round) as unknown as Box
    if (right < left) throw new ValueError("Coordinate 'right' is less than 'left'")
    if (lower < upper) throw new ValueError("Coordinate 'lower' is less than 'upper'")
    const inside = left >= 0 && upper >= 0 && right <= this.width && lower <= this.height
    const part = [left, upper, right - left, lower - upper] as const
    if (this._pixels instanceof JpegSource && inside && part[2] > 0 && part[3] > 0 && !this._cropped) {
      const source = this._pixels.cropped(part)
      this._cropped = true
      if (source) return new Image(this.mode, part[2], part[3], source)
    }
    const result = Image.new(this.mode, [right - left, lower - upper])
    result.paste(this, [-left, -upper])
    return result
  }

  /** Puts `image` into this one with its upper left corner at `at`; what would lie outside is left out. */
  paste(image: Image, at: readonly [x: number, y: number] = [0, 0]): void {
    if (image.mode !== this.mode) image = image.convert(this.mode)
    const [x, y] = at
    const bands = factsOf(this.mode).bands.length
    const first = Math.max(0, -x)
    const last = Math.min(image.width, this.width - x)
    if (last <= first) return
    for (let row = Math.max(0, -y); row < Math.min(image.height, this.height - y); row++) {
      const from = (row * image.width + first) * bands
      const source = image.data.subarray(from, from + (last - first) * bands)
      this.data.set(source, ((row + y) * this.width + first + x) * bands)
    }
  }

  /** The picture mirrored or turned; quarter turns go against the clock. */
  transpose(method: Transpose): Image {
    const bands = factsOf(this.mode).bands.length
    if (method === 'flip_left_right' && this._pixels instanceof JpegSource && this._pixels.hasSteps)
      return new Image(this.mode, this.width, this.height, this._pixels.mirrored())
    const { data } = this
    if (method === 'flip_left_right' && data instanceof Uint8Array)
      return new Image(this.mode, this.width, this.height, mirrorBytes(data, this.size, bands))
    const { pixels, size } = transposePixels(data, this.size, bands, method)
    return new Image(this.mode, size[0], size[1], pixels)
  }

  /** The bands of one pixel. */
  getpixel([x, y]: readonly [x: number, y: number]): number[] {
    const at = this.offset(x, y)
    return [...this.data.subarray(at, at + factsOf(this.mode).bands.length)]
  }

  putpixel([x, y]: readonly [x: number, y: number], color: Color): void {
    this.data.set(colorValues(color, factsOf(this.mode).bands.length), this.offset(x, y))
  }

  private offset(x: number, y: number): number {
    if (!(x >= 0 && x < this.width && y >= 0 && y < this.height)) throw new ValueError(`pixel ${x}, ${y} is outside`)
    return (y * this.width + x) * factsOf(this.mode).bands.length
  }

  /**
   * Writes a file; its extension tells the format unless `format` does.
   *
   * @throws {ValueError} for a format that there is not, or that cannot hold the mode
   */
  async save(path: string | URL, options: SaveOptions = {}): Promise<void> {
    const file = path instanceof URL ? fileURLToPath(path) : path
    await writeFile(file, await encode(this.raw(), file, options))
  }

  /** The bytes of a file of the given format. */
  async encode(format: string, options: Omit<SaveOptions, 'format'> = {}): Promise<Buffer> {
    return encode(this.raw(), null, { ...options, format })
  }

  private raw() {
    return { mode: this.mode, width: this.width, height: this.height, pixels: this.data }
  }

  toString(): string {
    return `<Image mode=${this.mode} size=${this.width}x${this.height}>`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

function checkedSize(size: readonly number[]): [number, number] {
  if (!Array.isArray(size) || size.length !== 2 || !size.every(side => Number.isInteger(side) && side >= 0))
    throw new ValueError(`size must be [width, height] of whole numbers >= 0, got ${inspect(size)}`)
  return size as [number, number]
}

function colorValues(color: Color, bands: number): number[] {
  const values = typeof color === 'number' ? Array<number>(bands).fill(color) : [...color]
  if (values.length !== bands) throw new ValueError(`color must be one number or ${bands}, got ${inspect(color)}`)
  return values
}

function wrongLength(got: number, mode: Mode, [width, height]: readonly number[]): ValueError {
  return new ValueError(`not the right amount of data for a ${width}x${height} image of mode ${mode}: ${got}`)
}
