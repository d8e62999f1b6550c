/** Case number `i` of seed `s`: always the same change of the same file. */
import { Random } from '../fuzz/random.js'
import type { CorpusFile } from './corpus.js'
import { hostilePickles } from './pickles.js'
import { type Member, membersOf, zipOf } from './zip.js'

export interface Case {
  file: CorpusFile
  /** What was done to it. */
  text: string
  bytes: Buffer
}

/** So many places each file is cut off at, before anything else is tried. */
export const truncations = 200

export function makeCase(corpus: readonly CorpusFile[], marker: string, seed: number, i: number): Case {
  const file = corpus[i % corpus.length]!
  const step = Math.floor(i / corpus.length)
  const [text, bytes] = step < truncations ? truncated(file, step) : mutated(corpus, file, marker, new Random(seed, i))
  return { file, text: `${file.name}: ${text}`, bytes }
}

type Mutation = [text: string, bytes: Buffer]

function truncated({ bytes }: CorpusFile, step: number): Mutation {
  const size = Math.floor((step * bytes.length) / truncations)
  return [`cut off at ${size} of ${bytes.length} bytes`, bytes.subarray(0, size)]
}

function mutated(corpus: readonly CorpusFile[], file: CorpusFile, marker: string, random: Random): Mutation {
  const isZip = file.bytes.readUInt32BE(0) === 0x504b0304
  if (!isZip) {
    // Of the old format of checkpoints the first thing is a pickle.
    if (file.kind === 'pt' && random.chance(0.2)) return ['a hostile pickle', random.pick(hostilePickles(marker))]
    return scrambled(corpus, file.bytes, random)
  }
  if (random.chance(0.35)) return scrambled(corpus, file.bytes, random)
  return changedInside(corpus, membersOf(file.bytes), marker, random)
}

/** Changes whatever bytes there are. */
function scrambled(corpus: readonly CorpusFile[], bytes: Buffer, random: Random): Mutation {
  const notes: string[] = []
  let now: Buffer = Buffer.from(bytes)
  for (let left = random.pick([1, 1, 1, 2, 3]); left > 0; left--) {
    const change = random.pick([flipped, flipped, spliced, resized, renumbered, renumbered])
    const [text, next] = change(now, random, corpus)
    notes.push(text)
    now = next
  }
  return [notes.join(', '), now]
}

function flipped(bytes: Buffer, random: Random): Mutation {
  if (bytes.length === 0) return ['nothing', bytes]
  const places = random.times(random.pick([1, 1, 1, 2, 8]), () => random.int(0, 8 * bytes.length - 1))
  for (const place of places) bytes[place >> 3]! ^= 1 << (place & 7)
  return [`bits ${places} flipped`, bytes]
}

function spliced(bytes: Buffer, random: Random, corpus: readonly CorpusFile[]): Mutation {
  const source = random.chance(0.5) ? bytes : random.pick(corpus).bytes
  const from = random.int(0, source.length)
  const piece = source.subarray(from, from + random.pick([1, 4, 16, 64, 1000]))
  const at = random.int(0, bytes.length)
  const drop = random.pick([0, piece.length, random.int(0, 100)])
  return [
    `${piece.length} bytes instead of ${drop} at ${at}`,
    Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + drop)]),
  ]
}

const interesting = [
  0n,
  1n,
  2n,
  63n,
  64n,
  127n,
  128n,
  255n,
  256n,
  65535n,
  65536n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
]
const wide = [...interesting, 2n ** 32n, 2n ** 40n, 2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]

/** Writes an interesting number over bytes, most often where a small number was. */
function resized(bytes: Buffer, random: Random): Mutation {
  const size = random.pick([1, 2, 4, 4, 8, 8])
  if (bytes.length < size) return ['nothing', bytes]
  const value = BigInt.asUintN(8 * size, random.pick(wide))
  let at = random.int(0, bytes.length - size)
  for (let tries = 0; tries < 20 && bytes[at + size - 1] !== 0; tries++) at = random.int(0, bytes.length - size)
  for (let k = 0; k < size; k++) bytes[at + k] = Number((value >> BigInt(8 * k)) & 255n)
  return [`the ${size}-byte number ${value} at ${at}`, bytes]
}

/** Puts another number where one is written in digits, or another word where there is a word. */
function renumbered(bytes: Buffer, random: Random): Mutation {
  const text = bytes.toString('latin1')
  const words = [...text.matchAll(/\d+|[A-Za-z_]{3,}/g)]
  if (words.length === 0) return ['nothing', bytes]
  const word = random.pick(words)
  const isNumber = /\d/.test(word[0])
  const next = isNumber
    ? String(random.pick([...wide, -1n, -(2n ** 63n), 10n ** 30n]))
    : random.chance(0.5)
      ? random.pick(words)[0]
      : random.pick(['F64', 'nan', 'self', 'None', '((((', '__proto__', '"', '\n', '{', ']', ''])
  return [
    `${JSON.stringify(next)} for ${word[0].slice(0, 20)} at ${word.index}`,
    Buffer.from(text.slice(0, word.index) + next + text.slice(word.index + word[0].length), 'latin1'),
  ]
}

/** Changes one record of a zip file, all else being right. */
function changedInside(corpus: readonly CorpusFile[], members: Member[], marker: string, random: Random): Mutation {
  // The pickles and the source are where it is interesting; each tensor's data is a record too.
  const telling = members.filter(({ name }) => /\.(pkl|py|npy)$|version|byteorder/.test(name))
  const member = random.chance(0.9) && telling.length > 0 ? random.pick(telling) : random.pick(members)
  const told = (text: string): Mutation => [`in ${member.name} ${text}`, zipOf(members)]
  switch (random.int(0, 11)) {
    case 0: {
      const pickles = hostilePickles(marker)
      const number = random.int(0, pickles.length - 1)
      const target = random.pick(members.filter(({ name }) => name.endsWith('.pkl')).concat(member))
      target.data = pickles[number]!
      return told(`hostile pickle ${number}`)
    }
    case 1:
      member.data = Buffer.alloc(random.pick([1e5, 2e7]))
      member.packed = true
      return told('much of nothing, packed')
    case 2:
      member.claimed = Number(random.pick(interesting))
      member.packed = random.chance(0.5)
      return told(`a size of ${member.claimed}`)
    case 3:
      members.splice(members.indexOf(member), 1)
      return told('nothing: it is left out')
    case 4:
      members.push({ ...member })
      return told('the same a second time')
    case 5:
      member.name = random.pick(members).name
      return told('another name')
    case 6:
    case 7: {
      const other = random.pick(members)
      member.data = other.data
      return told(`the data of ${other.name}`)
    }
    case 8: {
      if (!member.name.endsWith('.py')) break
      const text = random.pick(hostileSources)
      const at = member.data.indexOf('\n', random.int(0, member.data.length)) + 1
      member.data = Buffer.concat([member.data.subarray(0, at), Buffer.from(text), member.data.subarray(at)])
      return told(`source ${JSON.stringify(text.slice(0, 30))} (${text.length} characters) at ${at}`)
    }
  }
  const [text, data] = scrambled(corpus, member.data, random)
  member.data = data
  return told(text)
}

/** Lines of TorchScript that compilers trip over. */
const hostileSources = [
  // As deep as is taken.
  `    a = ${'('.repeat(480)}1${')'.repeat(480)}\n`,
  `    a = ${'['.repeat(480)}1${']'.repeat(480)}\n`,
  `    a = ${'-'.repeat(480)}1\n`,
  `    a = ${'1 + '.repeat(480)}1\n`,
  `    a = ${'1 if True else '.repeat(240)}1\n`,
  `    a: ${'List['.repeat(480)}int${']'.repeat(480)} = []\n`,
  `${Array.from({ length: 90 }, (_, i) => `${' '.repeat(4 + i)}if True:`).join('\n')}\n${' '.repeat(100)}a = 1\n`,
  `    a = ${'('.repeat(100_000)}\n`,
  `    a = ${'('.repeat(3000)}1${')'.repeat(3000)}\n`,
  `    a = ${'['.repeat(100_000)}\n`,
  `    a = ${'-'.repeat(100_000)}1\n`,
  `    a = ${'not '.repeat(50_000)}True\n`,
  `    a = ${'1 + '.repeat(50_000)}1\n`,
  `    a = ${'x.y'.repeat(20_000)}\n`,
  `    a: ${'List['.repeat(50_000)}int${']'.repeat(50_000)} = []\n`,
  `    a = ${'1 if True else '.repeat(20_000)}1\n`,
  `    a = ${'2 ** '.repeat(20_000)}1\n`,
  `${Array.from({ length: 3000 }, (_, i) => `${' '.repeat(4 + i)}if True:`).join('\n')}\n`,
  '    import os\n',
  '    a = ops.aten.from_file("/etc/passwd", False, 10)\n',
  '    a = CONSTANTS.c99999999999999999999\n',
  '    a = CONSTANTS.c2147483647\n',
  '    a = self.forward(self.forward)\n',
  '  def forward(self: __torch__.X) -> Tensor:\n    return self.forward()\n',
  'class X(NamedTuple):\n  a : X\n',
  'class Linear(Module):\n  __parameters__ = ["weight", ]\n  weight : Linear\n',
  '    a = 99999999999999999999999999\n',
  '    a = 1e99999\n',
  '    a = "\\x"\n',
  '    a = "unfinished\n',
  '    a = """\n',
  '\t \t a = 1\n',
  '    a = annotate(List[Tensor], [])\n',
  '    a = unchecked_cast(Tensor, 1)\n',
  '    a = torch.empty([1 << 62])\n',
]
