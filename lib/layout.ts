import { inspect } from 'node:util'
import { native, TagKind } from './_C/native.js'

/** How a tensor lies in memory. https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.layout */
export class layout {
  readonly name: string

  /** @internal */
  constructor(name: string, code: number) {
    this.name = name
    Object.defineProperty(this, native.kTag, { value: TagKind.layout * 65536 + code })
    Object.freeze(this)
  }

  toString(): string {
    return `torch.${this.name}`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

export const strided = new layout('strided', 0)
export const sparse_coo = new layout('sparse_coo', 1)
export const sparse_csr = new layout('sparse_csr', 2)
export const _mkldnn = new layout('_mkldnn', 3)
export const sparse_csc = new layout('sparse_csc', 4)
export const sparse_bsr = new layout('sparse_bsr', 5)
export const sparse_bsc = new layout('sparse_bsc', 6)
export const jagged = new layout('jagged', 7)

/** Every layout at the place of its c10::Layout. @internal */
export const layouts: layout[] = [strided, sparse_coo, sparse_csr, _mkldnn, sparse_csc, sparse_bsr, sparse_bsc, jagged]
