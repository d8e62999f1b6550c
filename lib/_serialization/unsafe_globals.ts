import { isAllowed } from './allow_list.js'
import type { Checkpoint } from './open_checkpoint.js'
import { recordOf } from './python_record.js'
import { safeGlobal } from './safe_globals.js'
import { atOnce } from './turns.js'
import { Unpickler } from './unpickler.js'

/** The names that a checkpoint's pickle has beyond those that are loaded, in alphabetical order. */
export function unsafeGlobalsOf({ pickle, at }: Checkpoint): string[] {
  const names = new Set<string>()
  const find = (module: string, name: string): unknown => {
    const full = `${module}.${name}`
    if (!isAllowed(module, name) && !safeGlobal(full)) names.add(full)
    return recordOf(full)
  }
  atOnce(new Unpickler(pickle, { find, persistent: id => (id[0] === 'module' ? id[1] : null) }, at).load())
  return [...names].sort()
}
