import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Member, membersOf, zipOf } from '../fuzz_readers/zip.js'

const { jit, nn } = torch
let folder = ''
let archive = Buffer.alloc(0)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-archive-'))
  const path = join(folder, 'module.pt')
  jit.save(
    jit.script(new nn.Linear(2, 3), 'def forward(self, x):\n  return torch.matmul(x, self.weight.t()) + self.bias'),
    path,
  )
  archive = readFileSync(path)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The archive with one record changed. */
function changed(ending: string, change: (data: Buffer, member: Member) => Buffer): Buffer {
  const members = membersOf(archive)
  const member = members.find(({ name }) => name.endsWith(ending))!
  member.data = change(member.data, member)
  return zipOf(members)
}

function refused(bytes: Buffer, message: string | RegExp): void {
  writeFileSync(join(folder, 'changed.pt'), bytes)
  for (const load of [() => jit.load(bytes), () => jit.load(join(folder, 'changed.pt'))]) {
    expect(load).toThrow(torch.UnpicklingError)
    expect(load).toThrow(message)
  }
}

/** `data` with the first `from` replaced. */
function replaced(data: Buffer, from: Buffer | string, to: Buffer | string): Buffer {
  const at = data.indexOf(from)
  expect(at).toBeGreaterThanOrEqual(0)
  return Buffer.concat([data.subarray(0, at), Buffer.from(to), data.subarray(at + from.length)])
}

/** A pickle of a value inside of so many tuples. */
const nested = (depth: number) => Buffer.from(`\x80\x02N${'\x85'.repeat(depth)}.`, 'latin1')

test('what is put together again loads', () => {
  expect(jit.load(changed('data.pkl', data => data))(torch.ones([1, 2])).shape).toEqual([1, 3])
})

describe('LibTorch does not see', () => {
  test('storages that are shorter than the pickle says', () => {
    refused(
      changed('data/0', data => data.subarray(0, 8)),
      /storage 0 has 24 bytes; it has 8/,
    )
  })

  test('tensors that reach beyond their storage', () => {
    // The sizes (3, 2), then (3, 9).
    refused(
      changed('data.pkl', data => replaced(data, 'K\x03K\x02t', 'K\x03K\x09t')),
      'a tensor reaches beyond its storage',
    )
  })

  test('negative strides', () => {
    const minusOne = Buffer.from('J\xff\xff\xff\xff', 'latin1')
    refused(
      changed('data.pkl', data => replaced(data, 'K\x02K\x01t', Buffer.concat([minusOne, Buffer.from('K\x01t')]))),
      'a tensor is not described',
    )
  })

  test('values that are nested without end', () => {
    refused(
      changed('constants.pkl', () => nested(100_000)),
      'nested too deeply',
    )
    refused(
      changed('constants.pkl', () => Buffer.from(`\x80\x02${']'.repeat(100_000)}${'a'.repeat(99_999)}.`, 'latin1')),
      'nested too deeply',
    )
  })

  test('pickles that are damaged', () => {
    for (const pickle of [
      '',
      '\x80\x02',
      '\x80\x02.',
      '\x80\x02R.',
      '\x80\x02h\x05.',
      '\x80\x02X\xff\xff\xff\xffa.',
      '\x80\x02t.',
    ])
      refused(
        changed('data.pkl', () => Buffer.from(pickle, 'latin1')),
        'the pickle is damaged',
      )
  })

  test.each(['(', '[', '-', 'not ', '1 + ', '1 if True else ', 'a.', '2 ** '])(
    'source with %s again and again',
    part => {
      refused(
        changed('.py', data => Buffer.concat([data, Buffer.from(`    a = ${part.repeat(50_000)}1\n`)])),
        'nested too deeply',
      )
    },
  )

  test('blocks in blocks', () => {
    const blocks = Array.from({ length: 5000 }, (_, i) => `${' '.repeat(4 + i)}if True:\n`).join('')
    refused(
      changed('.py', data => Buffer.concat([data, Buffer.from(blocks)])),
      'nested too deeply',
    )
  })

  test('places outside of the source, which it would look up for a message', () => {
    refused(
      changed('.debug_pkl', () =>
        Buffer.from('\x80\x02K\x00X\x01\x00\x00\x00aNK\x00\x87K\x00K\x63\x87K\x00\x87\x85.', 'latin1'),
      ),
      'debug information is wrong',
    )
  })

  test('records with a wrong checksum', () => {
    const at = archive.indexOf('torch') + 2
    expect(at).toBeGreaterThan(2)
    const bytes = Buffer.from(archive)
    bytes[at]! ^= 1
    refused(bytes, 'the checksum of')
  })
})

test('further files are the user’s own', () => {
  const path = join(folder, 'extra.pt')
  jit.save(jit.load(archive), path, { _extra_files: { 'notes.pkl': 'no pickle', 'notes.py': '('.repeat(10_000) } })
  expect(Object.keys(jit.load(path).state_dict())).toEqual(['weight', 'bias'])
})

test('long lists, long lines and text full of brackets are no nesting', () => {
  const path = join(folder, 'long.pt')
  const source = `def f(x: Tensor):
  names = [${Array.from({ length: 3000 }, (_, i) => `"((((${i}"`).join(', ')}]
  y = x${' + x'.repeat(300)}
  return y, len(names)`
  jit.save(jit.script(source), path)
  const [y, count] = (jit.load(path) as unknown as (x: torch.Tensor) => [torch.Tensor, number])(torch.ones([1]))
  expect([y.item(), count]).toEqual([301, 3000])
})
