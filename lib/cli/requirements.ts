/** The part of Python's requirement language (PEP 440, PEP 508) that PyTorch's wheels speak. */
import { SetupError } from './setup_error.js'
import { normalizeName } from './wheel.js'

export interface Requirement {
  readonly name: string
  readonly extras: readonly string[]
  /** Such as `==13.0.85.*` or `<14,>=13.0.88`; empty for any version. */
  readonly specifier: string
  /** Such as `platform_system == "Linux"`; empty for always. */
  readonly marker: string
}

export function parseRequirement(text: string): Requirement {
  const parts = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*\(?([^;)]*)\)?\s*(?:;\s*(.*))?$/.exec(text)
  if (!parts) throw new SetupError(`"${text}" is no requirement`)
  const [, name, extras, specifier, marker] = parts as unknown as [string, string, string?, string?, string?]
  return {
    name: normalizeName(name),
    extras: (extras ?? '').split(',').map(normalizeName).filter(Boolean),
    specifier: (specifier ?? '').replace(/\s+/g, ''),
    marker: (marker ?? '').trim(),
  }
}

/** Numbers of a version's release part: `[13, 0, 85]` of `13.0.85+x`. */
function releaseOf(version: string): number[] {
  return (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '0').split('.').map(Number)
}

/** Negative, zero or positive as version `a` is older than, the same as or newer than `b`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [releaseOf(a), releaseOf(b)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function startsWith(version: string, prefix: string): boolean {
  const [whole, start] = [releaseOf(version), releaseOf(prefix)]
  return start.every((number, i) => (whole[i] ?? 0) === number)
}

function satisfiesOne(version: string, clause: string): boolean {
  const [, operator, wanted] = /^(===|==|!=|~=|<=|>=|<|>)(.+)$/.exec(clause) ?? []
  if (!operator || !wanted) throw new SetupError(`"${clause}" is no version specifier`)
  if (wanted.endsWith('.*')) return startsWith(version, wanted.slice(0, -2)) === (operator === '==')
  const order = compareVersions(version, wanted)
  // A local part (+cpu) counts only where one is asked for.
  const local = wanted.includes('+') ? version.split('+')[1] === wanted.split('+')[1] : true
  switch (operator) {
    case '===':
      return version === wanted
    case '==':
      return order === 0 && local
    case '!=':
      return order !== 0 || !local
    case '~=':
      return order >= 0 && startsWith(version, wanted.split('.').slice(0, -1).join('.'))
    case '<':
      return order < 0
    case '>':
      return order > 0
    case '<=':
      return order <= 0
    default:
      return order >= 0
  }
}

/** True when `version` is one that `specifier` (such as `<14,>=13.0.88`) allows. Pre-releases never are. */
export function satisfies(version: string, specifier: string): boolean {
  if (/^\d[\d.]*(a|b|rc|\.dev)\d/.test(version)) return specifier.includes(version)
  return specifier.split(',').every(clause => clause === '' || satisfiesOne(version, clause))
}

/** What markers can ask about; `extra` is the set of extras asked for. */
export interface MarkerEnvironment {
  readonly [variable: string]: string | readonly string[]
  readonly extra: readonly string[]
}

export function markerEnvironment(extras: readonly string[], pythonVersion: string): MarkerEnvironment {
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string] ?? process.arch
  return {
    extra: extras,
    platform_system: 'Linux',
    sys_platform: 'linux',
    os_name: 'posix',
    platform_machine: machine,
    python_version: pythonVersion,
    python_full_version: `${pythonVersion}.0`,
    implementation_name: 'cpython',
    platform_python_implementation: 'CPython',
  }
}

/** Evaluates a marker such as `(sys_platform == 'linux' or sys_platform == 'win32') and extra == 'cudart'`. */
export function evaluateMarker(marker: string, environment: MarkerEnvironment): boolean {
  const tokens = marker.match(/"[^"]*"|'[^']*'|[()]|[<>=!~]+|[\w.]+/g) ?? []
  let at = 0
  const operand = (): string | readonly string[] => {
    const token = tokens[at++] ?? ''
    if (/^["']/.test(token)) return token.slice(1, -1)
    const value = environment[token]
    if (value === undefined) throw new SetupError(`marker "${marker}" asks for ${token || 'nothing'}`)
    return value
  }
  const comparison = (): boolean => {
    if (tokens[at] === '(') {
      at++
      const value = either()
      at++
      return value
    }
    const left = operand()
    let operator = tokens[at++] ?? ''
    if (operator === 'not') operator = `not ${tokens[at++]}`
    return compareOperands(left, operator, operand())
  }
  const both = (): boolean => {
    let value = comparison()
    while (tokens[at] === 'and') {
      at++
      value = comparison() && value
    }
    return value
  }
  const either = (): boolean => {
    let value = both()
    while (tokens[at] === 'or') {
      at++
      value = both() || value
    }
    return value
  }
  return tokens.length === 0 || either()
}

function compareOperands(
  left: string | readonly string[],
  operator: string,
  right: string | readonly string[],
): boolean {
  if (typeof left !== 'string') return left.includes(normalizeName(String(right))) === (operator === '==')
  if (typeof right !== 'string') return right.includes(normalizeName(left)) === (operator === '==')
  if (operator === 'in') return right.includes(left)
  if (operator === 'not in') return !right.includes(left)
  if (/^\d/.test(left) && /^\d/.test(right)) return satisfies(left, operator + right)
  return (left === right) === (operator === '==')
}
