import { type DispatchedCall, withDispatchMode, withModes } from '../../_C/modes.js'
import { native } from '../../_C/native.js'
import { stackOf } from '../../_C/stack.js'
import type { Tensor } from '../../tensor.js'
import type { CheckpointContext, ContextFn } from './context.js'
import { CheckpointError } from './recomputation.js'

/** One operator that ran: itself, and the lines that called it. */
interface Entry {
  readonly text: string
  readonly stack: string
}

/** Writes down the operators that run inside its context. */
class Log {
  #entries: Entry[] = []
  /** Names by order of appearance, so that both logs read alike. */
  #names = new Map<unknown, string>()

  readonly context: CheckpointContext = fn => {
    this.#entries = []
    this.#names = new Map()
    return withModes(
      withDispatchMode((call, run) => {
        const stack = stackOf()
        const results = run()
        this.#entries.push({ text: this.#line(call, results), stack })
        return results
      }),
      fn,
    )
  }

  #line({ name, overload, args }: DispatchedCall, results: readonly unknown[]): string {
    const given = args.map(arg => this.#show(arg)).join(', ')
    const made = results.map(result => `${this.#show(result)}${factsOf(result)}`).join(', ')
    return `${made} = torch.ops.${name.replace('::', '.')}.${overload || 'default'}(${given})`
  }

  #show(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(item => this.#show(item)).join(', ')}]`
    if (!native.isTensor(value)) return String(value)
    let name = this.#names.get(value)
    if (name === undefined) {
      name = `$${this.#names.size}`
      this.#names.set(value, name)
    }
    return name
  }

  get operators(): string {
    return this.#entries.map(({ text }) => text).join('\n')
  }

  traces(of: string): string {
    const count = this.#entries.length
    return this.#entries.map(({ text, stack }, i) => `${text}   (${i + 1} of ${count} in ${of})\n${stack}\n`).join('\n')
  }
}

function factsOf(value: unknown): string {
  if (!native.isTensor(value)) return ''
  const { dtype, shape } = value as Tensor
  return `: ${`${dtype}`.replace('torch.', '')}[${[...shape].join(', ')}]`
}

/** Contexts that log both computations, and what makes an error tell what they logged. */
export function debugContexts(): { context_fn: ContextFn; explain: (error: CheckpointError) => CheckpointError } {
  const [forward, again] = [new Log(), new Log()]
  const explain = (error: CheckpointError): CheckpointError => {
    const explained = new CheckpointError(
      `${error.message}

The operators of both computations follow, because of \`debug: true\`: first where each was called, then all in order. Where they differ, the checkpointed function did not compute the same twice. Differences in detach are expected.

=== 1. Stack traces of the operators that ran in the original forward
${forward.traces('original')}
=== 2. Stack traces of the operators that ran during recomputation
${again.traces('recompute')}
=== 3. Log of operators
Operations executed during the original forward:
${forward.operators}

Operations executed during recomputation:
${again.operators}`,
    )
    explained.cause = error
    return explained
  }
  return { context_fn: () => [forward.context, again.context], explain }
}
