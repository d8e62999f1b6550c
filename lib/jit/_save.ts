/** Writing TorchScript archives. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type NativeScript, native } from '../_C/native.js'
import { placesOf } from '../_serialization/atomic_file.js'

/** Further files in the archive, by name. */
export type ExtraFiles = Record<string, string | Uint8Array>

/** Writes a file that appears whole or not at all. */
export function saveScript(script: NativeScript, f: string | URL, extraFiles: ExtraFiles = {}): void {
  const { temporary, final } = placesOf(f instanceof URL ? fileURLToPath(f) : f)
  const extra = Object.entries(extraFiles)
  if (temporary === final) {
    native.scriptSave(script, final, extra)
    return
  }
  // A folder rather than a file of another name: the archive's records lie under the name of its file.
  const folder = mkdtempSync(`${final}.`)
  try {
    const whole = join(folder, basename(final))
    native.scriptSave(script, whole, extra)
    renameSync(whole, final)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
