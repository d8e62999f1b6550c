/** Errors from one thread to another. */
import * as errors from '../../../_C/errors.js'
import type { Failure } from './messages.js'

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error))
    return { name: 'Error', message: String(error), stack: `Error: ${String(error)}`, code: null }
  const { code } = error as { code?: unknown }
  return {
    name: error.name,
    message: error.message,
    stack: withCauses(error),
    code: typeof code === 'string' ? code : null,
  }
}

function withCauses(error: Error, depth = 0): string {
  const stack = error.stack?.includes(error.message) ? error.stack : `${error.name}: ${error.message}`
  const { cause } = error
  return cause instanceof Error && depth < 8 ? `${stack}\n[cause]: ${withCauses(cause, depth + 1)}` : stack
}

type ErrorClass = new (message: string) => Error

const builtIn: Record<string, ErrorClass> = { TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError }

/** The error that the loop throws: of the same class where that is known, with the worker's own error as its `cause`. */
export function rebuild(failure: Failure, worker: number): Error {
  const own = Object.entries(errors).find(([name]) => name === failure.name)?.[1]
  const type = (own ?? builtIn[failure.name] ?? Error) as ErrorClass
  const original = new type(failure.message)
  original.name = failure.name
  original.stack = failure.stack
  const text = `Caught ${failure.name} in DataLoader worker process ${worker}.\nOriginal ${failure.stack}`
  const error = new type(text)
  error.cause = original
  if (failure.code !== null) {
    Object.assign(original, { code: failure.code })
    Object.assign(error, { code: failure.code })
  }
  return error
}
