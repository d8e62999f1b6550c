/** Writing TorchScript archives. */
import { renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type NativeScript, native } from '../_C/native.js'
import { placesOf } from '../_serialization/atomic_file.js'

/** Further files in the archive, by name. */
export type ExtraFiles = Record<string, string | Uint8Array>

/** Writes a file that appears whole or not at all. */
export function saveScript(script: NativeScript, f: string | URL, extraFiles: ExtraFiles = {}): void {
  const { temporary, final } = placesOf(f instanceof URL ? fileURLToPath(f) : f)
  try {
    native.scriptSave(script, temporary, Object.entries(extraFiles))
    if (temporary !== final) renameSync(temporary, final)
  } catch (error) {
    if (temporary !== final) rmSync(temporary, { force: true })
    throw error
  }
}
