/** What the comparisons of transforms v2 with torchvision's share. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as torch from 'torch-node'

/** Python programs of this folder, one after the other. */
export const programs = (...names: string[]): string =>
  names.map(name => readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8')).join('\n')

/** How far two results are apart; infinite for another dtype or shape. */
export function apart(a: unknown, b: unknown): number {
  if (!torch.is_tensor(a) || !torch.is_tensor(b)) return a === b ? 0 : Number.POSITIVE_INFINITY
  if (a.dtype !== b.dtype || String(a.shape) !== String(b.shape)) return Number.POSITIVE_INFINITY
  if (a.equal(b)) return 0
  if (!a.is_floating_point()) return Number.POSITIVE_INFINITY
  if (!a.isnan().equal(b.isnan())) return Number.POSITIVE_INFINITY
  const [x, y] = [a.nan_to_num(), b.nan_to_num()]
  // Relative to the largest value: a fill may be far above 1.
  const scale = Math.max(1, y.abs().max().item() as number)
  return (x.sub(y).abs().max().item() as number) / scale
}

/**
 * True where only a pixel or two differ: V8's sine and cosine differ from the C library's in the last bit, and where a source
 * lies on a pixel's very edge or middle, that decides.
 */
export function fewPixels(a: unknown, b: unknown): boolean {
  if (!torch.is_tensor(a) || !torch.is_tensor(b)) return false
  if (a.dtype !== b.dtype || String(a.shape) !== String(b.shape)) return false
  return (a.ne(b).sum().item() as number) <= Math.max(3, 0.005 * a.numel())
}

export const shown = (value: unknown): string => {
  if (torch.is_tensor(value)) return `${value.dtype} [${value.shape}]`
  return Array.isArray(value) ? `[${value.map(shown)}]` : String(value)
}
