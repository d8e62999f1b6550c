import { PassThrough } from 'node:stream'
import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'

const { progress } = torch.utils

/** A stream that keeps what is written to it. */
function paper(isTTY: boolean): PassThrough & { isTTY: boolean; columns: number; text: () => string } {
  let text = ''
  const stream = new PassThrough()
  stream.on('data', chunk => {
    text += chunk
  })
  return Object.assign(stream, { isTTY, columns: 100, text: () => text })
}

describe('without a terminal', () => {
  test('writes one line at the end', () => {
    const stream = paper(false)
    const got: number[] = []
    const bar = progress([1, 2, 3], { desc: 'train', stream })
    for (const x of bar) {
      got.push(x)
      bar.setPostfix({ loss: 0.123456, lr: '1e-3' })
    }
    expect(got).toEqual([1, 2, 3])
    expect(stream.text()).toMatch(/^train: 100% 3\/3 \[00:00<00:00, .* it\/s, loss=0\.123, lr=1e-3\]\n$/)
  })

  test('counts units where steps weigh differently', () => {
    const stream = paper(false)
    const bar = progress(['ab', 'cde'], { stream, unit: 'letters', total: 10, weigh: word => word.length })
    expect([...bar]).toHaveLength(2)
    expect(bar.count).toBe(5)
    expect(stream.text()).toMatch(/^50% 5\/10 \[.* letters\/s\]\n$/)
  })

  test('writes more lines when it takes long', () => {
    const stream = paper(false)
    for (const _ of progress([1, 2], { stream, interval: 0 }));
    expect(stream.text().trimEnd().split('\n')).toHaveLength(2)
  })

  test('needs no length', () => {
    const stream = paper(false)
    const endless = function* () {
      yield 1
    }
    expect([...progress(endless(), { stream })]).toEqual([1])
    expect(stream.text()).toMatch(/^1 \[00:00, .* it\/s\]\n$/)
  })

  test('says nothing when disabled', () => {
    const stream = paper(false)
    expect([...progress([1], { stream, disable: true })]).toEqual([1])
    expect(stream.text()).toBe('')
  })
})

test('waits for asynchronous steps', async () => {
  const stream = paper(false)
  const source = async function* () {
    yield 'a'
    yield 'b'
  }
  const got: string[] = []
  for await (const x of progress(source(), { stream })) got.push(x)
  expect(got).toEqual(['a', 'b'])
  expect(() => [...progress(source(), { stream })]).toThrow("'for await'")
})

test('ends its line when the loop is left or throws', () => {
  const stream = paper(false)
  for (const _ of progress([1, 2, 3], { stream })) break
  expect(stream.text()).toMatch(/^0% 0\/3 /)
  const failing = () => {
    for (const _ of progress([1, 2, 3], { stream })) throw new Error('inside')
  }
  expect(failing).toThrow('inside')
  expect(stream.text().trimEnd().split('\n')).toHaveLength(2)
})

test('draws a bar on a terminal', () => {
  const stream = paper(true)
  const bar = progress(new Set([1, 2]), { stream, desc: 'load' })
  for (const _ of bar) bar.setDescription('loading')
  expect(bar.total).toBe(2)
  expect(stream.text()).toContain('loading: 100% |████████████████████████| 2/2 [')
})
