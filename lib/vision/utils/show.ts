import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { withModes } from '../../_C/modes.js'
import { uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import { tensorPixels } from '../_image/tensor.js'
import { Image } from '../image.js'
import { type MakeGridOptions, make_grid } from './make_grid.js'
import { gridImage } from './save_image.js'

/** Where text and pictures go. */
export interface ShowStream {
  write(text: string): unknown
  readonly isTTY?: boolean
}

/** Keywords of `show`: those of `make_grid`, and where the picture goes. */
export interface ShowOptions extends Partial<MakeGridOptions> {
  /** Default `process.stdout`. */
  stream?: ShowStream
}

/** A picture that was shown; a notebook displays it again when it is a cell's value. */
export class Shown {
  constructor(
    /** The bytes of a PNG file. */
    readonly png: Buffer,
    /** The file that was written; null where the picture itself was shown. */
    readonly path: string | null,
  ) {}

  /** What a notebook displays, by media type. https://docs.deno.com/runtime/reference/cli/jupyter/ */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return { 'image/png': this.png.toString('base64') }
  }

  toString(): string {
    return this.path ?? '<a picture>'
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

/**
 * Shows a picture, a tensor (C, H, W) or a grid of many: in the terminal where it can (kitty, Ghostty, WezTerm, iTerm2), in a
 * notebook as the value of a cell (`await show(x)`), and else as a PNG file whose path is printed. Tensors are uint8 or floats
 * from 0 to 1.
 *
 * ```ts
 * await torch.vision.utils.show(images, { nrow: 4 })
 * ```
 */
export async function show(
  picture: Image | Tensor | readonly Tensor[],
  { stream = process.stdout, ...grid }: ShowOptions = {},
): Promise<Shown> {
  const png = await (picture instanceof Image ? picture : imageOf(picture, grid)).encode('png')
  if (isNotebook()) return new Shown(png, null)
  const protocol = stream.isTTY ? terminalProtocol() : null
  if (protocol) {
    stream.write(protocol(png))
    return new Shown(png, null)
  }
  const path = join(mkdtempSync(join(tmpdir(), 'torch-node-show-')), 'picture.png')
  writeFileSync(path, png)
  stream.write(`${path}\n`)
  return new Shown(png, path)
}

function imageOf(tensors: Tensor | readonly Tensor[], options: Partial<MakeGridOptions>): Image {
  return withModes({ grad: false }, () => {
    const grid = make_grid(tensors as Tensor, options)
    if (grid.dtype !== uint8) return gridImage(grid)
    const hwc = grid.permute(1, 2, 0).to('cpu')
    return Image.frombytes('RGB', [hwc.size(1), hwc.size(0)], tensorPixels(hwc))
  })
}

/** Deno's kernel is the one that runs this in notebooks. */
function isNotebook(): boolean {
  const { Deno } = globalThis as { Deno?: { jupyter?: unknown } }
  try {
    return Deno?.jupyter !== undefined
  } catch {
    // Outside of notebooks Deno's property throws.
    return false
  }
}

/** How the terminal takes pictures, by the names it goes by; null where it does not. */
function terminalProtocol(): ((png: Buffer) => string) | null {
  const { TERM = '', TERM_PROGRAM = '', KITTY_WINDOW_ID, TMUX } = process.env
  // tmux keeps such sequences from the terminal.
  if (TMUX) return null
  if (KITTY_WINDOW_ID || TERM === 'xterm-kitty' || TERM === 'xterm-ghostty' || TERM_PROGRAM === 'ghostty') return kitty
  return TERM_PROGRAM === 'iTerm.app' || TERM_PROGRAM === 'WezTerm' ? iterm : null
}

/** https://sw.kovidgoyal.net/kitty/graphics-protocol/: pieces of at most 4096 characters, the last with m=0. */
function kitty(png: Buffer): string {
  const pieces = png.toString('base64').match(/.{1,4096}/g) ?? []
  const parts = pieces.map((piece, i) => {
    const more = i < pieces.length - 1 ? 1 : 0
    return `\x1b_G${i === 0 ? 'a=T,f=100,q=2,' : ''}m=${more};${piece}\x1b\\`
  })
  return `${parts.join('')}\n`
}

/** https://iterm2.com/documentation-images.html */
function iterm(png: Buffer): string {
  return `\x1b]1337;File=inline=1;size=${png.length}:${png.toString('base64')}\x07\n`
}
