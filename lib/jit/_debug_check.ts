/** The places in the original source that an archive knows. LibTorch trusts them while it is writing an error message. */
import { UnpicklingError } from '../_serialization/errors.js'
import { Compound, Named, type Value } from './_pickle_scan.js'

/** What the first value of the newer format is. */
const newer = 'FORMAT_WITH_STRING_TABLE'

/** @throws {UnpicklingError} for places outside of the text */
export function checkDebugInfo(root: Value): void {
  const all = tuple(root)
  const texts = all[0] === newer ? tuple(all[1]).map(text) : null
  const sizes = texts?.map(line => Buffer.byteLength(line))
  const checked = new Map<Value, number>()
  for (const line of all[0] === newer ? tuple(all[2]) : all) {
    const [offset, range] = tuple(line)
    whole(offset)
    const [source, start, end] = tuple(range)
    const known = checked.get(source!)
    const size = known ?? (sizes ? sizeInTable(source, sizes) : sizeOfText(source))
    checked.set(source!, size)
    // What has no source is said to be the first character of an empty one.
    if (whole(start) > Math.min(size, whole(end)) || whole(end) > size + 1) throw wrong()
  }
}

function sizeInTable(source: Value | undefined, sizes: readonly number[]): number {
  const [lines, file, first] = tuple(source)
  whole(first)
  if (whole(file) >= sizes.length) throw wrong()
  let size = 0
  for (const index of intlist(lines)) size += sizes[whole(index)] ?? Number.NaN
  if (Number.isNaN(size)) throw wrong()
  return size
}

function sizeOfText(source: Value | undefined): number {
  const [content, file, first] = tuple(source)
  if (file !== null) text(file!)
  whole(first)
  return Buffer.byteLength(text(content!))
}

function tuple(value: Value | undefined): readonly Value[] {
  if (value instanceof Compound && value.isTuple) return value.parts
  throw wrong()
}

function intlist(value: Value | undefined): readonly Value[] {
  if (
    value instanceof Compound &&
    value.callee instanceof Named &&
    value.callee.name === 'torch.jit._pickle.build_intlist'
  ) {
    const [list] = tuple(value.parts[0])
    if (list instanceof Compound && !list.isTuple && list.callee === null) return list.parts
  }
  throw wrong()
}

function text(value: Value): string {
  if (typeof value === 'string') return value
  throw wrong()
}

function whole(value: Value | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw wrong()
}

function wrong(): UnpicklingError {
  return new UnpicklingError('its debug information is wrong')
}
