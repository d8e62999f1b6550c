/** Everything that a checkpoint may name. A name that is not here is refused, and nothing is looked up by name. */
import { Complex } from '../complex.js'
import { type DeviceType, device } from '../device.js'
import { dtypes } from '../dtype.js'
import { layouts } from '../layout.js'
import * as memoryFormats from '../memory_format.js'
import { qschemes } from '../qscheme.js'
import { sizeOf } from '../size.js'
import { slice } from '../slice.js'
import { arrayOf, numberOf, stringOf } from './checks.js'
import { Allowed, type Callable, type Containers } from './containers.js'
import { UnpicklingError } from './errors.js'
import { numpyCallables } from './numpy.js'
import { recordOf } from './python_record.js'
import { rebuilders } from './rebuild.js'
import { isBlocked, safeGlobal } from './safe_globals.js'
import { storageTypes } from './storage_types.js'

const allowed = new Map<string, unknown>(storageTypes)

function allow(name: string, call: Callable | null): void {
  allowed.set(name, new Allowed(name, call))
}

for (const dtype of dtypes) if (dtype) allowed.set(`torch.${dtype.name}`, dtype)
for (const scheme of qschemes) allowed.set(`torch.${scheme.name}`, scheme)
for (const format of Object.values(memoryFormats))
  if (format instanceof memoryFormats.memory_format) allowed.set(`torch.${format.name}`, format)
for (const [name, call] of Object.entries({ ...rebuilders, ...numpyCallables })) allow(name, call)

allow('collections.OrderedDict', orderedDict)
allow('collections.Counter', (args, containers) => dictOf(args[0], containers))
// The factory makes values that are missing: the dict that comes of it has none.
allow('collections.defaultdict', (args, containers) => dictOf(args[1], containers))
allow('torch.Size', ([sizes], containers) => sizeOf(integers(sizes, containers)))
allow('torch.device', ([type, index]) => deviceOf(type, index))
allow('torch.serialization._get_layout', ([name]) => layoutOf(name))
allow('_codecs.encode', ([text], containers) => encoded(text, containers))
allow('builtins.bytes', ([bytes], containers) => bytesOf(bytes, containers))
allow('builtins.bytearray', ([bytes], containers) => bytesOf(bytes, containers))
allow('builtins.set', ([items], containers) => containers.set(itemsOf(items)))
allow('builtins.frozenset', ([items], containers) => containers.set(itemsOf(items), true))
allow('builtins.complex', ([re, im]) => new Complex(numberOf(re), numberOf(im)))
allow('builtins.slice', ([start, stop, step]) => slice(bound(start), bound(stop), bound(step)))
// Named as what a defaultdict makes, never called; an array's class.
for (const name of ['list', 'dict', 'tuple', 'int', 'float', 'str', 'bool']) allow(`builtins.${name}`, null)
allow('numpy.ndarray', null)

/** Names that older versions of Python and PyTorch wrote. */
const modules: Record<string, string> = {
  __builtin__: 'builtins',
  copy_reg: 'copyreg',
  'torch.tensor': 'torch._tensor',
}

const names: Record<string, string> = { 'builtins.long': 'builtins.int', 'builtins.unicode': 'builtins.str' }

function fullName(module: string, name: string): string {
  const full = `${Object.hasOwn(modules, module) ? modules[module] : module}.${name}`
  return Object.hasOwn(names, full) ? names[full]! : full
}

/** Is the name among what is loaded without being asked for? */
export function isAllowed(module: string, name: string): boolean {
  return allowed.has(fullName(module, name))
}

/** What a name stands for. @throws {UnpicklingError} for every name that is not on the list */
export function findAllowed(module: string, name: string): unknown {
  const full = fullName(module, name)
  if (isBlocked(module))
    throw new UnpicklingError(
      `Weights only load failed: the file names ${full}, whose module is blocked. No code of a file ever runs`,
    )
  const found = allowed.get(full)
  if (found) return found
  const build = safeGlobal(full)
  if (build) return recordOf(full, build)
  throw new UnpicklingError(
    `Weights only load failed: the file names ${full}, which is not among what is loaded: tensors, parameters, state ` +
      'dicts and plain data. No code of a file ever runs. { objectsAsRecords: true } reads objects of unknown classes as ' +
      'plain records; torch.serialization.add_safe_globals names what may be built',
  )
}

/** As `findAllowed`, but what is not on the list makes plain records. */
export function findOrRecord(module: string, name: string): unknown {
  const full = fullName(module, name)
  if (isBlocked(module)) return findAllowed(module, name)
  if (safeGlobal(full)) return recordOf(full, safeGlobal(full))
  return allowed.get(full) ?? recordOf(full)
}

function orderedDict(args: readonly unknown[], containers: Containers): unknown {
  const dict = containers.orderedDict()
  if (args.length === 0) return dict
  for (const pair of arrayOf(args[0])) {
    containers.spend(1)
    const [key, value] = arrayOf(pair)
    dict.set(key, value)
  }
  return dict
}

function dictOf(entries: unknown, containers: Containers): unknown {
  return containers.dict(entries instanceof Map ? entries : null)
}

function deviceOf(type: unknown, index: unknown): device {
  return new device(stringOf(type) as DeviceType, index === undefined || index === null ? null : numberOf(index))
}

function layoutOf(name: unknown): unknown {
  const found = layouts.find(layout => layout?.toString() === name)
  if (!found) throw new UnpicklingError(`unknown layout ${String(name)}`)
  return found
}

function encoded(text: unknown, containers: Containers): Uint8Array {
  containers.spend(stringOf(text).length)
  return new Uint8Array(Buffer.from(stringOf(text), 'latin1'))
}

/** `bytes(x)`: a copy; protocols 0 to 2 write empty ones without an argument. */
function bytesOf(source: unknown, containers: Containers): Uint8Array {
  if (source === undefined) return new Uint8Array(0)
  if (typeof source === 'string') return encoded(source, containers)
  if (source instanceof Uint8Array) {
    containers.spend(source.length)
    return source.slice()
  }
  return Uint8Array.from(integers(source, containers))
}

function itemsOf(items: unknown): readonly unknown[] {
  return items === undefined ? [] : arrayOf(items)
}

function bound(value: unknown): number | null {
  return value === null || value === undefined ? null : numberOf(value)
}

function integers(value: unknown, containers: Containers): number[] {
  const items = arrayOf(value)
  containers.spend(items.length)
  if (items.every(item => Number.isInteger(item))) return items as number[]
  throw new UnpicklingError('the pickle is damaged: whole numbers are missing')
}
