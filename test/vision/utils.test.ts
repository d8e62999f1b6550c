import { readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import * as torch from 'torch-node'
import { afterEach, describe, expect, test, vi } from 'vitest'

const { Image } = torch.vision
const { draw_bounding_boxes, draw_keypoints, draw_segmentation_masks, flow_to_image, show } = torch.vision.utils
const black = () => torch.zeros([3, 20, 30], { dtype: torch.uint8 })
const box = () => torch.tensor([[2, 3, 12, 9]])

describe('drawing', () => {
  test('a box, and its label beside the outline', () => {
    const image = black()
    const plain = draw_bounding_boxes(image, box(), { colors: [9, 8, 7] })
    expect(image.sum().item()).toBe(0)
    expect(plain.at(torch.slice(null), 3, 2).tolist()).toEqual([9, 8, 7])
    expect(plain.at(0).gt(0).sum().item()).toBe(2 * 11 + 2 * 5)
    const labelled = draw_bounding_boxes(image, box(), ['A'], { colors: 'red', label_colors: 'lime' })
    // The letter's upper left corner is a pixel inside the outline; an A has 16 dots.
    expect(labelled.at(1).gt(0).sum().item()).toBe(16)
    expect(labelled.at(1, torch.slice(5, 12), torch.slice(4, 9)).gt(0).sum().item()).toBe(16)
    const filled = draw_bounding_boxes(image, box(), ['A'], { fill_labels: true, label_background_colors: 'white' })
    expect(filled.at(2).eq(255).sum().item()).toBe(7 * 10 - 16)
  })

  test('refuses what it cannot draw', () => {
    expect(() => draw_bounding_boxes([] as never, box())).toThrow('Tensor expected, got ')
    expect(() => draw_bounding_boxes(black().int(), box())).toThrow('The image dtype must be uint8 or float')
    expect(() => draw_bounding_boxes(black().unsqueeze(0), box())).toThrow('Pass individual images, not batches')
    expect(() => draw_bounding_boxes(black(), torch.tensor([[5, 0, 1, 1]]))).toThrow('(xmin, ymin, xmax, ymax)')
    expect(() => draw_bounding_boxes(black(), box(), ['a', 'b'])).toThrow('Number of boxes (1) and labels (2) mismatch')
    expect(() => draw_bounding_boxes(black(), box(), { colors: 'greenish' })).toThrow("color specifier: 'greenish'")
    expect(() => draw_bounding_boxes(black(), box(), { colors: [] })).toThrow(
      'Number of colors must be equal or larger',
    )
    expect(() => draw_bounding_boxes(black(), box(), { font: 'Arial.ttf' })).toThrow('leave font out')
    expect(() => draw_segmentation_masks(black(), torch.ones(20, 30))).toThrow('The masks must be of dtype bool')
    expect(() => draw_segmentation_masks(black(), torch.ones([1, 2], { dtype: torch.bool }))).toThrow('same height')
    expect(() => draw_keypoints(black(), torch.ones(2, 2))).toThrow('keypoints must be of shape (num_instances, K, 2)')
    expect(() => draw_keypoints(black(), torch.ones(1, 2, 2), [[0, 5]])).toThrow('there is no keypoint 5 among 2')
    expect(() => flow_to_image(torch.ones(3, 4, 4))).toThrow('Input flow should have shape (2, H, W)')
  })
})

describe('show', () => {
  const written: string[] = []
  const stream = (isTTY: boolean) => ({ isTTY, write: (text: string) => written.push(text) })
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.unstubAllGlobals()
    written.length = 0
  })
  const terminal = (names: Record<string, string>) => {
    for (const name of ['TERM', 'TERM_PROGRAM', 'KITTY_WINDOW_ID', 'TMUX']) vi.stubEnv(name, names[name] ?? '')
  }

  test('writes a file where nothing can show it, and prints its path', async () => {
    terminal({ KITTY_WINDOW_ID: '1' })
    const shown = await show(torch.ones(3, 4, 5), { stream: stream(false) })
    expect(written).toEqual([`${shown.path}\n`])
    const image = await Image.open(readFileSync(shown.path!))
    expect([image.size, image.getpixel([0, 0])]).toEqual([
      [5, 4],
      [255, 255, 255],
    ])
    rmSync(dirname(shown.path!), { recursive: true })
  })

  test('speaks with terminals', async () => {
    const noise = torch.randint(0, 256, [4, 1, 40, 40], { dtype: torch.uint8 })
    terminal({ TERM: 'xterm-kitty' })
    const { png, path } = await show(noise, { nrow: 2, stream: stream(true) })
    expect(path).toBe(null)
    const pieces = written[0]!
      .trim()
      .split('\x1b\\')
      .filter(Boolean)
      .map(piece => piece.slice(3).split(';'))
    expect(pieces.length).toBeGreaterThan(1)
    expect([pieces[0]![0], pieces.at(-1)![0]]).toEqual(['a=T,f=100,q=2,m=1', 'm=0'])
    expect(Buffer.from(pieces.map(piece => piece[1]).join(''), 'base64').equals(png)).toBe(true)
    expect((await Image.open(png)).size).toEqual([86, 86])
    terminal({ TERM_PROGRAM: 'iTerm.app' })
    const { png: second } = await show(Image.new('RGB', [3, 3], 7), { stream: stream(true) })
    expect(written[1]).toBe(`\x1b]1337;File=inline=1;size=${second.length}:${second.toString('base64')}\x07\n`)
    terminal({ TERM_PROGRAM: 'iTerm.app', TMUX: 'x' })
    const { path: file } = await show(Image.new('RGB', [3, 3], 7), { stream: stream(true) })
    rmSync(dirname(file!), { recursive: true })
  })

  test('is a notebook’s value', async () => {
    vi.stubGlobal('Deno', { jupyter: {} })
    const shown = await show(Image.new('L', [2, 2], 9), { stream: stream(true) })
    expect(written).toEqual([])
    const display = (shown as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for('Jupyter.display')]!
    const image = await Image.open(Buffer.from(display.call(shown)['image/png']!, 'base64'))
    expect([image.mode, image.size]).toEqual(['L', [2, 2]])
  })
})
