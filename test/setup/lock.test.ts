import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withLock } from '../../scripts/lock.mjs'
import { temporaryFolder } from './toy_wheel.js'

const LOCK = resolve('scripts/lock.mjs')

/** Runs a program that has `withLock` and `path`. */
function run(path: string, program: string) {
  const source = `import { withLock } from ${JSON.stringify(LOCK)}
    import { appendFileSync } from 'node:fs'
    import { setTimeout as sleep } from 'node:timers/promises'
    const path = ${JSON.stringify(path)}
    ${program}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  return { child, done: new Promise<number | null>(done => child.on('close', done)) }
}

describe('withLock', () => {
  it('lets one process in at a time', async () => {
    const folder = temporaryFolder()
    const log = join(folder, 'log')
    const program = `await withLock(path, async () => {
      appendFileSync(${JSON.stringify(log)}, 'in\\n')
      await sleep(30)
      appendFileSync(${JSON.stringify(log)}, 'out\\n')
    })`
    const all = Array.from({ length: 6 }, () => run(join(folder, 'lock'), program).done)
    expect(await Promise.all(all)).toEqual([0, 0, 0, 0, 0, 0])
    expect(readFileSync(log, 'utf8')).toBe('in\nout\n'.repeat(6))
    expect(readdirSync(folder)).toEqual(['log'])
  })

  it('is free again after a holder was killed', async () => {
    const path = join(temporaryFolder(), 'lock')
    const { child, done } = run(path, `await withLock(path, async () => { console.log('in'); await sleep(60_000) })`)
    await new Promise(ready => child.stdout.once('data', ready))
    expect(existsSync(path)).toBe(true)
    child.kill('SIGKILL')
    await done
    expect(await withLock(path, () => 'mine')).toBe('mine')
    expect(existsSync(path)).toBe(false)
  })

  it('is robbed by one only when many find a dead holder', async () => {
    const folder = temporaryFolder()
    const log = join(folder, 'log')
    writeFileSync(join(folder, 'lock'), '1 0 an-earlier-boot')
    const program = `await withLock(path, async () => {
      appendFileSync(${JSON.stringify(log)}, 'in\\n')
      await sleep(5)
      appendFileSync(${JSON.stringify(log)}, 'out\\n')
    })`
    await Promise.all(Array.from({ length: 6 }, () => run(join(folder, 'lock'), program).done))
    expect(readFileSync(log, 'utf8')).toBe('in\nout\n'.repeat(6))
  })

  it('tells whom it waits for', async () => {
    const path = join(temporaryFolder(), 'lock')
    const { child, done } = run(path, `await withLock(path, async () => { console.log('in'); await sleep(500) })`)
    await new Promise(ready => child.stdout.once('data', ready))
    let holder = 0
    await withLock(
      path,
      () => {},
      pid => {
        holder = pid
      },
    )
    expect(holder).toBe(child.pid)
    expect(await done).toBe(0)
  })

  it('is free again after a throw, and may be nested', async () => {
    const path = join(temporaryFolder(), 'lock')
    await expect(
      withLock(path, () => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await withLock(path, () => withLock(path, () => 'inner'))).toBe('inner')
    expect(existsSync(path)).toBe(false)
  })
})
