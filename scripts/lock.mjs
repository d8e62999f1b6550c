/**
 * A lock between processes: a file that names its holder. One that died without letting go is recognised and robbed.
 * Plain JavaScript, because set-up needs it before anything is installed or compiled.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** When a process started, in clock ticks since boot: with its pid it names a process for ever. Null when it is dead. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function bootId() {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

const me = () => `${process.pid} ${startOf(process.pid)} ${bootId()}`

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function isDead(holder) {
  const [pid, start, boot] = holder.split(' ')
  return boot !== bootId() || startOf(pid) !== start
}

/** Takes the lock if it is free. Linking a finished file is atomic: nobody ever reads half a name. */
function tryTake(path) {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, me())
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Removes a dead holder's lock. Robbers queue at a folder of their own, so that none removes the next one's lock. */
function rob(path, holder) {
  const queue = `${path}.robber`
  try {
    mkdirSync(queue)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    // A robber needs no second: one that is still there after ten is dead.
    try {
      if (Date.now() - statSync(queue).mtimeMs > 10_000) rmSync(queue, { recursive: true, force: true })
    } catch {
      // It has just left.
    }
    return
  }
  try {
    if (read(path) === holder) {
      const grave = `${path}.${process.pid}.dead`
      renameSync(path, grave)
      rmSync(grave, { force: true })
    }
  } finally {
    rmSync(queue, { recursive: true, force: true })
  }
}

/**
 * Runs `work` while this process alone holds the lock `path`. Nested calls in one process enter at once. `onWait` is told
 * the holder's pid when there is somebody to wait for.
 */
export async function withLock(path, work, onWait = () => {}) {
  if (read(path) === me()) return await work()
  mkdirSync(dirname(path), { recursive: true })
  for (let told = false; !tryTake(path); ) {
    const holder = read(path)
    if (holder === null) continue
    if (isDead(holder)) {
      rob(path, holder)
      await sleep(20)
      continue
    }
    if (!told) onWait(Number(holder.split(' ')[0]))
    told = true
    await sleep(200)
  }
  const release = () => {
    if (read(path) === me()) rmSync(path, { force: true })
  }
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.removeListener('exit', release)
    release()
  }
}
