import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'

const { Image } = torch.vision
const open = (head: string, ...bytes: number[]) => Image.open(Buffer.concat([Buffer.from(head), Buffer.from(bytes)]))

describe('PPM, PGM and PBM', () => {
  test('binary and plain', async () => {
    const colour = await open('P6\n# by hand\n2 1 255\n', 1, 2, 3, 4, 5, 6)
    expect([colour.mode, colour.size, [...colour.data], colour.format]).toEqual([
      'RGB',
      [2, 1],
      [1, 2, 3, 4, 5, 6],
      'ppm',
    ])
    expect([...(await open('P3 1 2 15\n0 15 3\n1 2 5')).data]).toEqual([0, 255, 51, 17, 34, 85])
    expect([...(await open('P5 3 1 255 ', 7, 8, 9)).data]).toEqual([7, 8, 9])
    expect([...(await open('P5 2 1 65535\n', 255, 255, 128, 0)).data]).toEqual([255, 128])
    expect([...(await open('P2 2 1 1\n0 1')).data]).toEqual([0, 255])
    expect([...(await open('P4 9 1\n', 0b10000001, 0b10000000)).data]).toEqual([0, 255, 255, 255, 255, 255, 255, 0, 0])
    expect([...(await open('P1 4 1\n0101')).data]).toEqual([255, 0, 255, 0])
  })

  test('damaged or too large', async () => {
    for (const [head, reason] of [
      ['P6 2 2 255\n123', 'it is cut off'],
      ['P6 x 2 255\n123', 'its header is damaged'],
      ['P3 1 1 9\n1 2 x  ', 'a pixel is damaged'],
      ['P6 99999 99999 255\n', 'it has more than'],
    ] as const)
      await expect(open(head)).rejects.toThrow(reason)
  })
})
