/** Bytes that grow. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(1024)
  #length = 0

  #reserve(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, 2 * this.#bytes.length))
      this.#bytes.copy(larger, 0, 0, at)
      this.#bytes = larger
    }
    return at
  }

  byte(value: number): void {
    const at = this.#reserve(1)
    this.#bytes[at] = value
  }

  bytes(values: Uint8Array): void {
    const at = this.#reserve(values.byteLength)
    this.#bytes.set(values, at)
  }

  uint16(value: number): void {
    const at = this.#reserve(2)
    this.#bytes.writeUInt16LE(value, at)
  }

  int32(value: number): void {
    const at = this.#reserve(4)
    this.#bytes.writeInt32LE(value, at)
  }

  uint32(value: number): void {
    const at = this.#reserve(4)
    this.#bytes.writeUInt32LE(value, at)
  }

  /** Big-endian, as pickle keeps floats. */
  double(value: number): void {
    const at = this.#reserve(8)
    this.#bytes.writeDoubleBE(value, at)
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}
