/** The lines of the user's program that lead here: without Node's and this library's own. */
export function stackOf(): string {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 60
  const lines = (new Error().stack ?? '').split('\n').slice(1)
  Error.stackTraceLimit = limit
  const own = new URL('..', import.meta.url).href
  const users = lines.filter(line => !line.includes(own) && !line.includes('(node:'))
  return (users.length > 0 ? users : lines).join('\n')
}
