import { fileURLToPath } from 'node:url'
import { typeName } from '../_C/args.js'
import { type NativeScript, native } from '../_C/native.js'
import { type DeviceLike, device } from '../device.js'
import type { Forward } from '../nn/module.js'
import type { Tensor } from '../tensor.js'
import { checkArchive } from './_archive_check.js'
import './_native.js'
import { type ExtraFiles, saveScript } from './_save.js'
import type { ScriptFunction } from './script_function.js'
import { ScriptModule } from './script_module.js'

/** Keywords of `jit.load`. */
export interface JitLoadOptions {
  /** The device that everything goes to; by default where it was when it was saved. */
  map_location?: DeviceLike | null
  /** Names of further files in the archive: their bytes are put here. */
  _extra_files?: Record<string, string | Uint8Array> | null
}

function sourceOf(f: unknown): string | Uint8Array {
  if (typeof f === 'string') return f
  if (f instanceof URL) return fileURLToPath(f)
  if (f instanceof Uint8Array) return new Uint8Array(f.buffer, f.byteOffset, f.byteLength)
  if (f instanceof ArrayBuffer) return new Uint8Array(f)
  throw new TypeError(`jit.load: f must be a path, a file URL or the bytes of a file, got ${typeName(f)}`)
}

interface Request {
  source: string | Uint8Array
  where: device | null
  names: string[]
}

function requestOf(f: unknown, options: DeviceLike | JitLoadOptions | null): Request & { extra: ExtraFiles } {
  const given = typeof options === 'object' && options !== null && !(options instanceof device) ? options : null
  const location = given === null ? (options as DeviceLike | null) : (given.map_location ?? null)
  const extra = given?._extra_files ?? {}
  return {
    source: sourceOf(f),
    where: location === null ? null : new device(location as 'cpu'),
    names: Object.keys(extra),
    extra,
  }
}

function finish<F extends Forward>([script, files]: [NativeScript, Uint8Array[]], extra: ExtraFiles): ScriptModule<F> {
  for (const [i, name] of Object.keys(extra).entries()) extra[name] = files[i]!
  return new ScriptModule<F>(script)
}

/**
 * Loads a module that `jit.save` of this package or of Python wrote, from a file or from its bytes.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.load.html
 *
 * A file is checked before LibTorch reads it; but what it holds is a program, which runs when it is called, and on loading
 * where a class has a `__setstate__`. Its operators are all that LibTorch has: load files of people you trust.
 *
 * @throws {TorchError} for a damaged file, a file of another kind, and one that needs operators which are not there
 */
export function load<F extends Forward = (...args: unknown[]) => Tensor>(
  f: string | URL | Uint8Array | ArrayBuffer,
  map_location: DeviceLike | JitLoadOptions | null = null,
): ScriptModule<F> {
  const { source, where, names, extra } = requestOf(f, map_location)
  checkArchive(source)
  native.registerVisionOps()
  return finish(native.scriptLoad(source, where, names), extra)
}

/** `load` on a thread of the addon's own. */
export async function loadAsync<F extends Forward = (...args: unknown[]) => Tensor>(
  f: string | URL | Uint8Array | ArrayBuffer,
  map_location: DeviceLike | JitLoadOptions | null = null,
): Promise<ScriptModule<F>> {
  const { source, where, names, extra } = requestOf(f, map_location)
  checkArchive(source)
  native.registerVisionOps()
  return finish(await native.scriptLoadAsync(source, where, names), extra)
}

/**
 * Writes a module or function as a file that `jit.load` reads, here and in Python; the file appears when it is whole.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.save.html
 */
export function save(
  m: ScriptModule<Forward> | ScriptFunction<Forward>,
  f: string | URL,
  options: { _extra_files?: ExtraFiles } = {},
): void {
  saveScript(m._c, f, options._extra_files)
}
