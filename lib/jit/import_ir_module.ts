/** What Python's `jit.load` stands on, under its own name; programs call `jit.load`. */
import type { DeviceLike } from '../device.js'
import type { CompilationUnit } from './compilation_unit.js'
import { load } from './load.js'
import type { ScriptModule } from './script_module.js'

type Extra = Record<string, string | Uint8Array>

/** Loads a module from a file. Its classes go into a unit of their own, whatever `cu` is. */
export function import_ir_module(
  cu: CompilationUnit,
  filename: string,
  map_location: DeviceLike | null = null,
  extra_files: Extra = {},
): ScriptModule {
  void cu
  return load(filename, { map_location, _extra_files: extra_files })
}

/** Loads a module from the bytes of a file. */
export function import_ir_module_from_buffer(
  cu: CompilationUnit,
  buffer: Uint8Array,
  map_location: DeviceLike | null = null,
  extra_files: Extra = {},
): ScriptModule {
  void cu
  return load(buffer, { map_location, _extra_files: extra_files })
}
