/** Which way up a JPEG file's picture is. */

/**
 * The orientation in a JPEG file's EXIF block, 1 to 8, 1 where there is none.
 * https://www.cipa.jp/std/documents/e/DC-008-2012_E.pdf, 4.6.4
 */
export function jpegOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 2; at + 4 <= view.byteLength; ) {
    const marker = view.getUint16(at)
    // The picture begins: what comes now are no more segments.
    if (marker < 0xff00 || marker === 0xffda || marker === 0xffd9) return 1
    const length = view.getUint16(at + 2)
    if (
      marker === 0xffe1 &&
      at + 2 + length <= view.byteLength &&
      length >= 16 &&
      view.getUint32(at + 4) === 0x45786966
    )
      return tiffOrientation(new DataView(bytes.buffer, bytes.byteOffset + at + 10, length - 8))
    at += 2 + length
  }
  return 1
}

function tiffOrientation(view: DataView): number {
  const orientationTag = 0x0112
  const little = view.getUint16(0) === 0x4949
  const directory = view.getUint32(4, little)
  if (directory + 2 > view.byteLength) return 1
  const count = view.getUint16(directory, little)
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + i * 12
    if (entry + 12 > view.byteLength) return 1
    if (view.getUint16(entry, little) !== orientationTag) continue
    const value = view.getUint16(entry + 8, little)
    return value >= 1 && value <= 8 ? value : 1
  }
  return 1
}
