/** One side of the bench: a child process that stays warm and answers one JSON line to each. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'

/** The first request names the number of threads, each later one a case and how long to repeat it. */
export type Request = { threads: number } | { case: string; seconds: number }
export type Answer = { version: string; cases: string[] } | { ns: number }

export class Side {
  private readonly child: ChildProcess
  private readonly lines: AsyncIterator<string>
  private readonly reader: Interface

  constructor(
    readonly name: string,
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
  ) {
    this.child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
    this.reader = createInterface({ input: this.child.stdout! })
    this.lines = this.reader[Symbol.asyncIterator]()
  }

  private async ask(request: Request): Promise<Answer> {
    this.child.stdin!.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await this.lines.next()
    if (done) throw new Error(`the ${this.name} side of the bench ended at ${JSON.stringify(request)}`)
    return JSON.parse(value) as Answer
  }

  async start(threads: number): Promise<{ version: string; cases: string[] }> {
    return (await this.ask({ threads })) as { version: string; cases: string[] }
  }

  /** Nanoseconds for one iteration of a case. */
  async measure(name: string, seconds: number): Promise<number> {
    return ((await this.ask({ case: name, seconds })) as { ns: number }).ns
  }

  stop(): void {
    this.child.stdin!.end()
  }
}
