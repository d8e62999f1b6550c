/** Everything that a checkpoint may name. A name that is not here is refused, and nothing is looked up by name. */
import { Complex } from '../complex.js'
import { type DeviceType, device } from '../device.js'
import { dtypes } from '../dtype.js'
import { layouts } from '../layout.js'
import { sizeOf } from '../size.js'
import { UnpicklingError } from './errors.js'
import { rebuilders } from './rebuild.js'
import { StorageType, storageNames } from './storage_types.js'
import type { Allowed, Containers } from './unpickler.js'

const allowed = new Map<string, Allowed>()

function allow(name: string, entry: Omit<Allowed, 'name'>): void {
  allowed.set(name, { name, ...entry })
}

for (const dtype of dtypes) if (dtype) allow(`torch.${dtype.name}`, { value: dtype })
for (const [dtype, name] of storageNames) allow(`torch.${name}`, { value: new StorageType(dtype) })
allow('torch.storage.UntypedStorage', { value: new StorageType(null) })
for (const [name, call] of Object.entries(rebuilders)) allow(name, { call })

allow('collections.OrderedDict', { call: orderedDict })
allow('collections.Counter', { call: (args, containers) => containers.dict(args[0] instanceof Map ? args[0] : []) })
allow('torch.Size', { call: args => sizeOf(integers(args[0], 'torch.Size')) })
allow('torch.device', { call: ([type, index]) => new device(String(type) as DeviceType, asIndex(index)) })
allow('torch.serialization._get_layout', { call: ([name]) => layoutOf(name) })
allow('_codecs.encode', { call: ([text]) => new Uint8Array(Buffer.from(string(text), 'latin1')) })
allow('builtins.bytes', { call: () => new Uint8Array(0) })
allow('builtins.bytearray', { call: ([bytes]) => (bytes instanceof Uint8Array ? bytes.slice() : new Uint8Array(0)) })
allow('builtins.set', { call: ([items], containers) => containers.set(array(items)) })
allow('builtins.complex', { call: ([re, im]) => new Complex(number(re), number(im)) })

/** Names that older Pythons wrote. */
const modules: Record<string, string> = { __builtin__: 'builtins', 'torch.tensor': 'torch._tensor' }

/** What a name stands for. @throws {UnpicklingError} for every name that is not on the list */
export function findAllowed(module: string, name: string): Allowed {
  const full = `${Object.hasOwn(modules, module) ? modules[module] : module}.${name}`
  const found = allowed.get(full)
  if (found) return found
  throw new UnpicklingError(
    `Weights only load failed: the file names ${full}, which is not among what is loaded: tensors, parameters, state ` +
      'dicts and plain data. No code of a file ever runs',
  )
}

function orderedDict(args: readonly unknown[], containers: Containers): unknown {
  const dict = containers.dict()
  containers.ordered.set(dict, null)
  if (args.length === 0) return dict
  for (const pair of array(args[0])) {
    containers.spend(1)
    const [key, value] = array(pair)
    dict.set(key, value)
  }
  return dict
}

function layoutOf(name: unknown): unknown {
  const found = layouts.find(layout => layout?.toString() === name)
  if (!found) throw new UnpicklingError(`unknown layout ${String(name)}`)
  return found
}

function asIndex(index: unknown): number | null {
  return index === undefined || index === null ? null : number(index)
}

function array(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new UnpicklingError('the pickle is damaged: a list is missing')
}

function string(value: unknown): string {
  if (typeof value === 'string') return value
  throw new UnpicklingError('the pickle is damaged: a text is missing')
}

function number(value: unknown): number {
  if (typeof value === 'number') return value
  throw new UnpicklingError('the pickle is damaged: a number is missing')
}

function integers(value: unknown, what: string): number[] {
  const items = array(value)
  if (items.every(item => Number.isInteger(item))) return items as number[]
  throw new UnpicklingError(`${what} takes whole numbers`)
}
