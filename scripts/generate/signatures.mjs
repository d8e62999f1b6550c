/** From stubs and schemas to the signatures that the facade offers, and their TypeScript overloads. */
import { withLiterals } from './literals.mjs'
import { joined, parameterType, returnType, schemaReturns, schemaType, Unsupported } from './types.mjs'

/**
 * @typedef {object} Parameter
 * @property {string} name
 * @property {string} type
 * @property {string | null} fallback  the default as Python writes it, null when required
 * @property {boolean} keywordOnly
 * @property {boolean} variadic
 *
 * @typedef {object} Signature
 * @property {Parameter[]} parameters
 * @property {string} returns
 * @property {number} selfIndex  the place of a method's tensor among the operator's arguments
 */

/** What `TensorOptions` holds. */
const optionTypes = {
  dtype: 'dtype | null',
  layout: 'layout | null',
  device: 'DeviceLike | null',
  pin_memory: 'boolean | null',
  requires_grad: 'boolean',
}
const optionNames = Object.keys(optionTypes)
/** What Python's binding adds to a schema. */
const added = new Set([...optionNames, 'out'])

/**
 * The signature of one stub; null when no schema takes its arguments (deprecated orders) or no JavaScript value stands for
 * one of them. `verbatim` takes the stub at its word.
 * @returns {Signature | null}
 */
export function fromStub(stub, schemas, { method = false, verbatim = false } = {}) {
  let returns
  const parameters = []
  for (const parameter of method ? stub.parameters.slice(1) : stub.parameters) {
    // Only the operators' out overloads take `out`, and a method never reaches them.
    if (method && parameter.name === 'out') continue
    try {
      parameters.push({ ...parameter, type: withLiterals(parameterType(parameter.type), stub.name, parameter.name) })
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error
      if (parameter.fallback === null) return null
    }
  }
  try {
    returns = changesSelf(stub.name, method) ? 'this' : returnType(stub.returns)
  } catch (error) {
    if (error instanceof Unsupported) return null
    throw error
  }
  if (verbatim) return { parameters, returns, selfIndex: 0 }
  for (const unknown of ['refused', 'dropped']) {
    for (const schema of schemas) {
      const adapted = schema.isOut ? null : adapt(parameters, schema, method, unknown)
      if (adapted) return { ...adapted, returns }
    }
  }
  return null
}

function changesSelf(name, method) {
  return method && /[^_]_$/.test(name)
}

/**
 * `parameters` as `schema` takes them; null when it does not. Where stub and schema differ, the schema counts: it is what
 * `call` chooses by. `unknown` says what becomes of keywords that only Python's binding knows.
 */
function adapt(parameters, schema, method, unknown) {
  const args = schema.arguments.filter(a => !method || a.name !== 'self')
  const adapted = []
  for (const p of parameters) {
    const name = [p.name, p.name.replace(/_$/, ''), ...(method || p.name !== 'input' ? [] : ['self'])].find(candidate =>
      args.some(a => a.name === candidate),
    )
    if (name === undefined) {
      if (added.has(p.name)) adapted.push(p)
      else if (unknown === 'refused' || p.fallback === null || !p.keywordOnly) return null
      continue
    }
    const argument = args.find(a => a.name === name)
    if (!p.keywordOnly && !argument.keywordOnly && args.indexOf(argument) !== adapted.length) return null
    if (p.variadic && args.indexOf(argument) !== adapted.length) return null
    adapted.push({ ...p, name: name === 'self' ? p.name : name, keywordOnly: p.keywordOnly || argument.keywordOnly })
  }
  const given = new Set(adapted.map(p => (!method && p.name === 'input' ? 'self' : p.name)))
  const needed = args.filter(
    a => a.fallback === null && !given.has(a.name) && !(a.name === 'input' && given.has('self')),
  )
  if (needed.some(a => !a.type.endsWith('?'))) return null
  // Some stubs forget one of the options that every factory takes.
  if (given.has('requires_grad') && args.some(a => a.name === 'pin_memory')) {
    for (const name of optionNames) if (!given.has(name)) adapted.push(keyword(name, optionTypes[name], 'None'))
  }
  const selfIndex = method ? schema.arguments.findIndex(a => a.name === 'self') : 0
  return { parameters: adapted, selfIndex }
}

function keyword(name, type, fallback) {
  return { name, type, fallback, keywordOnly: true, variadic: false }
}

/** The signatures of an operator that has no stub. @returns {Signature[]} */
export function fromSchemas(schemas, { method = false } = {}) {
  const signatures = []
  for (const schema of schemas) {
    if (schema.isOut) continue
    try {
      const own = schema.arguments.filter(a => !method || a.name !== 'self')
      const parameters = own.map(a => ({
        name: a.name === 'self' ? 'input' : a.name,
        type: withLiterals(schemaType(a.type), schema.name, a.name),
        fallback: a.fallback === null ? null : pythonValue(a.fallback),
        keywordOnly: a.keywordOnly,
        variadic: false,
      }))
      if (parameters.some(p => p.name === 'pin_memory')) parameters.push(keyword('requires_grad', 'boolean', 'False'))
      const out = method ? null : outVariant(schema, schemas)
      if (out) {
        const several = out.arguments.filter(a => a.written).length > 1
        parameters.push(keyword('out', several ? 'readonly Tensor[] | null' : 'Tensor | null', 'None'))
      }
      const returns = changesSelf(schema.name, method) ? 'this' : schemaReturns(schema)
      signatures.push({
        parameters,
        returns,
        selfIndex: method ? schema.arguments.findIndex(a => a.name === 'self') : 0,
      })
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error
    }
  }
  return signatures
}

function outVariant(schema, schemas) {
  const key = s =>
    s.arguments
      .filter(a => !(a.written && a.keywordOnly))
      .map(a => `${a.type} ${a.name}`)
      .join()
  return schemas.find(other => other.isOut && key(other) === key(schema))
}

/**
 * Signatures that differ in one parameter's type, or only in what the keyword object may hold, as one: the user's own value
 * may be of either type.
 * @param {Signature[]} signatures
 * @returns {Signature[]}
 */
export function merged(signatures) {
  const result = []
  for (const signature of signatures) {
    const at = result.findIndex(other => mergeable(other, signature))
    if (at < 0) result.push(signature)
    else result[at] = merge(result[at], signature)
  }
  return result.length < signatures.length ? merged(result) : result
}

function mergeable(a, b) {
  const [left, right] = [a, b].map(({ parameters }) => parameters.filter(p => !p.keywordOnly || p.variadic))
  if (a.returns !== b.returns || a.selfIndex !== b.selfIndex || left.length !== right.length) return false
  if (left.some((p, i) => p.name !== right[i].name || p.variadic !== right[i].variadic)) return false
  const shared = a.parameters.flatMap(p => b.parameters.filter(q => q.name === p.name).map(q => [p, q]))
  const types = shared.filter(([p, q]) => p.type !== q.type)
  const changed = shared.filter(([p, q]) => p.type !== q.type || (p.fallback === null) !== (q.fallback === null))
  const sameNames = shared.length === a.parameters.length && shared.length === b.parameters.length
  if (sameNames) return changed.length <= 1
  return types.length === 0 && changed.every(([p]) => p.keywordOnly)
}

/** A keyword that only one of them requires is required by neither. */
function merge(a, b) {
  const both = a.parameters.map(p => {
    const q = b.parameters.find(other => other.name === p.name)
    return q
      ? { ...p, type: joined(p.type, q.type), fallback: p.fallback ?? q.fallback }
      : { ...p, fallback: p.fallback ?? 'None' }
  })
  const more = b.parameters.filter(q => !a.parameters.some(p => p.name === q.name))
  return { ...a, parameters: [...both, ...more.map(q => ({ ...q, fallback: q.fallback ?? 'None' }))] }
}

/** A schema's default as Python writes it. */
function pythonValue(text) {
  return { Mean: "'mean'", long: 'torch.int64' }[text] ?? text
}

/** Python's own way to write the signature. */
export function pythonSignature(name, { parameters }) {
  const pieces = []
  let marked = false
  for (const p of parameters) {
    if (p.keywordOnly && !p.variadic && !marked) {
      if (!parameters.some(q => q.variadic)) pieces.push('*')
      marked = true
    }
    pieces.push(`${p.variadic ? '*' : ''}${p.name}${p.fallback === null ? '' : `=${p.fallback}`}`)
  }
  return `${name}(${pieces.join(', ')})`
}

/**
 * The parameter lists that Python's calling rules allow, most usual first: every parameter by position and keyword-only ones
 * in the object, then the object after each shorter prefix (not shorter than what stands before a method's own tensor).
 * @returns {string[]}
 */
export function overloads({ parameters, selfIndex }) {
  const keywordOnly = parameters.filter(p => p.keywordOnly && !p.variadic)
  const variadic = parameters.find(p => p.variadic)
  if (variadic) return variadicOverloads(variadic, keywordOnly)
  const positional = parameters.filter(p => !p.keywordOnly)
  const lists = []
  const head = positional.map(p => `${identifier(p.name)}${p.fallback === null ? '' : '?'}: ${p.type}`)
  if (keywordOnly.some(p => p.fallback === null)) {
    lists.push([...positional.map(p => `${identifier(p.name)}: ${p.type}`), `keywords: ${object(keywordOnly)}`])
  } else if (keywordOnly.length > 0) {
    lists.push([...head, `keywords?: ${object(keywordOnly)}`])
  } else {
    lists.push(head)
  }
  for (let given = positional.length - 1; given >= selfIndex; given--) {
    const prefix = positional.slice(0, given).map(p => `${identifier(p.name)}: ${p.type}`)
    lists.push([...prefix, `keywords: ${object([...positional.slice(given), ...keywordOnly])}`])
  }
  return lists.map(list => list.join(', '))
}

function variadicOverloads(variadic, keywordOnly) {
  const name = identifier(variadic.name)
  const plain = `...${name}: ${variadic.type}[]`
  if (keywordOnly.length === 0) return [plain]
  return [plain, `...args: [...${name}: ${variadic.type}[], keywords: ${object(keywordOnly)}]`]
}

/** The type of a keyword object. */
function object(parameters) {
  const isOption = p => p.keywordOnly && optionNames.includes(p.name)
  const withOptions = optionNames.every(name => parameters.some(p => p.name === name && isOption(p)))
  const rest = withOptions ? parameters.filter(p => !isOption(p)) : parameters
  const fields = rest.map(p => `${p.name}${p.fallback === null ? '' : '?'}: ${p.type}`)
  if (!withOptions) return `{ ${fields.join('; ')} }`
  return fields.length === 0 ? 'TensorOptions' : `TensorOptions & { ${fields.join('; ')} }`
}

const reserved = new Set(
  (
    'break case catch class const continue debugger default delete do else enum export extends false finally for function if ' +
    'implements import in instanceof interface let new null package private protected public return static super switch this ' +
    'throw true try typeof var void while with yield await eval arguments'
  ).split(' '),
)

/** `name` where a binding can be called so, else with an underscore behind. */
export function identifier(name) {
  return reserved.has(name) ? `${name}_` : name
}
