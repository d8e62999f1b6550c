import { readFileSync } from 'node:fs'
import { findAllowed } from '../../_serialization/allow_list.js'
import { UnpicklingError } from '../../_serialization/errors.js'
import { finish } from '../../_serialization/finish.js'
import { atOnce } from '../../_serialization/turns.js'
import { Unpickler } from '../../_serialization/unpickler.js'

/**
 * What a file of plain data holds, as `pickle.load(file, encoding='latin1')`: dicts are objects, arrays tensors. No code of the
 * file runs.
 *
 * @throws {UnpicklingError} for what is damaged, or more than plain data
 */
export function readPickle(path: string): unknown {
  const persistent = () => {
    throw new UnpicklingError(`${path} refers to data outside of it`)
  }
  const unpickler = new Unpickler(readFileSync(path), { find: findAllowed, persistent })
  return atOnce(finish(atOnce(unpickler.load()), unpickler.containers))
}
