import { readFile, writeFile } from 'node:fs/promises'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import { tensorPixels } from '../_image/tensor.js'

/** A file's bytes, uint8 of one dimension. https://docs.pytorch.org/vision/stable/generated/torchvision.io.read_file.html */
export async function read_file(path: string): Promise<Tensor> {
  const bytes = await readFile(path)
  return native.fromBytes(bytes, uint8.scalarType, [bytes.length], false)
}

/** Writes uint8 of one dimension. https://docs.pytorch.org/vision/stable/generated/torchvision.io.write_file.html */
export async function write_file(filename: string, data: Tensor): Promise<void> {
  if (data.dtype !== uint8 || data.dim() !== 1)
    throw new ValueError('Expected a one-dimensional uint8 tensor: the bytes of a file')
  await writeFile(filename, tensorPixels(data.cpu()) as Uint8Array)
}
