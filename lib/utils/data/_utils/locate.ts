/** Where a function or class was written: what lets another thread import it. */
import { Session } from 'node:inspector'
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'

interface Location {
  scriptId: string
  lineNumber: number
}

interface RemoteObject {
  objectId?: string
  value?: Location
}

/** The engine's own answers, which come at once. */
class Engine {
  readonly #session = new Session()
  readonly #urls = new Map<string, string>()

  constructor() {
    this.#session.connect()
    this.#session.on('Debugger.scriptParsed', ({ params }) => this.#urls.set(params.scriptId, params.url))
    // It reports every script that there is.
    this.#ask('Debugger.enable')
  }

  locate(fn: object): { url: string; line: number } | null {
    const slot = Symbol.for('torch-node.located')
    const holder = globalThis as { [slot]?: object }
    holder[slot] = fn
    try {
      const expression = `globalThis[Symbol.for('torch-node.located')]`
      const { result } = this.#ask('Runtime.evaluate', { expression }) as { result: RemoteObject }
      const { internalProperties = [] } = this.#ask('Runtime.getProperties', { objectId: result.objectId }) as {
        internalProperties?: { name: string; value?: RemoteObject }[]
      }
      const at = internalProperties.find(property => property.name === '[[FunctionLocation]]')?.value?.value
      if (!at) return null
      const url = this.#urls.get(at.scriptId) ?? ''
      return { url: isAbsolute(url) ? pathToFileURL(url).href : url, line: at.lineNumber + 1 }
    } finally {
      delete holder[slot]
    }
  }

  close(): void {
    this.#session.disconnect()
  }

  #ask(method: string, params: object = {}): unknown {
    let answer: unknown
    let failure: Error | null = null
    this.#session.post(method, params, (error, result) => {
      failure = error
      answer = result
    })
    if (failure) throw failure
    return answer
  }
}

const known = new WeakMap<object, { url: string; line: number }>()

/** The module and line of a function or class, null for one of the engine's own. The module of one made at run time is ''. */
export function locate(fn: object): { url: string; line: number } | null {
  const before = known.get(fn)
  if (before) return before
  const engine = new Engine()
  try {
    const found = engine.locate(fn)
    if (found) known.set(fn, found)
    return found
  } finally {
    engine.close()
  }
}
