/** `torch-node setup`: brings LibTorch into the managed folder, whole or not at all. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { withLock } from '../../scripts/lock.mjs'
import {
  isCheckout,
  LIBTORCH_VERSION,
  managedFolder,
  readVersion,
  searchLibTorch,
  whyNotLibTorch,
} from '../_C/libtorch.js'
import { findPip, type Pip } from './pip.js'
import { say } from './progress.js'
import { evaluateMarker, markerEnvironment, parseRequirement } from './requirements.js'
import { SetupError } from './setup_error.js'
import { fetchWheel, folderSource, type Source, sources, type Wanted } from './sources.js'
import { parseWheelName, readRequirements, unpack } from './wheel.js'

export interface SetupOptions {
  /** `cpu`, or a CUDA release such as `cu130`. */
  readonly variant?: string | undefined
  /** Such as `2.13.0`. */
  readonly version?: string | undefined
  /** A Python package index to ask before any other. */
  readonly index?: string | undefined
  /** A wheel, an archive of PyTorch's C++ library, a folder with wheels, or a LibTorch folder. */
  readonly from?: string | undefined
  /** Only say what would be done. */
  readonly dryRun?: boolean | undefined
  /** Fetch even where a LibTorch is found. */
  readonly force?: boolean | undefined
}

/** Where set-up puts things and gets them from; tests give their own. */
export interface SetupPlace {
  readonly managed: string
  readonly sources: (variant: string, index: string | null, pip: Pip | null) => Source[]
}

const PLACE: SetupPlace = { managed: managedFolder(), sources }

/** Replaces the link `managed/current` in one step. */
async function makeCurrent(managed: string, name: string): Promise<void> {
  const draft = join(managed, `.current-${process.pid}`)
  await rm(draft, { force: true })
  await symlink(name, draft)
  await rename(draft, join(managed, 'current'))
}

function isWheelFolder(path: string): boolean {
  return readdirSync(path).some(file => parseWheelName(file)?.name === 'torch')
}

/** The LibTorch folder that `path` is or holds, or null. */
function libtorchIn(path: string): string | null {
  return [path, join(path, 'torch'), join(path, 'libtorch')].find(folder => whyNotLibTorch(folder) === null) ?? null
}

/** Libraries that a CUDA build of LibTorch opens; the rest of its requirements is for Python alone. */
function isLibrary(name: string): boolean {
  return name === 'cuda-toolkit' || name.startsWith('nvidia-')
}

/** Fetches the wheels that `wheel` needs to run, and theirs. */
async function fetchLibraries(wheel: string, folder: string, from: Source[], pip: Pip | null): Promise<string[]> {
  const wheels: string[] = []
  const seen = new Set<string>()
  const queue = [{ path: wheel, extras: [] as readonly string[] }]
  for (let item = queue.shift(); item; item = queue.shift()) {
    const environment = markerEnvironment(item.extras, pip?.pythonVersion ?? '3.12')
    for (const text of await readRequirements(item.path)) {
      const requirement = parseRequirement(text)
      if (!isLibrary(requirement.name) || !evaluateMarker(requirement.marker, environment)) continue
      const key = `${requirement.name}[${requirement.extras}]`
      if (seen.has(key)) continue
      seen.add(key)
      const path = await fetchWheel(requirement, folder, from)
      if (!wheels.includes(path)) wheels.push(path)
      queue.push({ path, extras: requirement.extras })
    }
  }
  return wheels
}

/** Removes what earlier, interrupted runs left unfinished. Partial downloads stay: they are gone on with. */
async function sweep(managed: string): Promise<void> {
  for (const file of await readdir(managed)) {
    if (/^\.(unpacking|old|current)-/.test(file)) await rm(join(managed, file), { recursive: true, force: true })
  }
  const downloads = join(managed, 'downloads')
  for (const file of existsSync(downloads) ? await readdir(downloads) : []) {
    if (file.startsWith('pip-')) await rm(join(downloads, file), { recursive: true, force: true })
  }
}

/** Unpacks archives to `managed/<version>`, all or nothing, and makes that the current one. */
async function install(managed: string, archives: readonly string[]): Promise<string> {
  const staging = join(managed, `.unpacking-${process.pid}`)
  await rm(staging, { recursive: true, force: true })
  for (const archive of archives) await unpack(archive, staging)
  const wrong = whyNotLibTorch(join(staging, 'torch'))
  if (wrong) throw new SetupError(`${archives[0]} is no LibTorch for Linux: ${wrong}`)
  const version = readVersion(join(staging, 'torch')) ?? basename(archives[0] as string)
  const target = join(managed, version)
  if (existsSync(target)) await rename(target, join(managed, `.old-${process.pid}`))
  await rename(staging, target)
  await makeCurrent(managed, version)
  await rm(join(managed, `.old-${process.pid}`), { recursive: true, force: true })
  return join(target, 'torch')
}

/** Makes a LibTorch folder of the user's the current one, by a link. */
async function adopt(managed: string, folder: string): Promise<string> {
  const name = `linked-${readVersion(folder) ?? 'unknown'}`
  await mkdir(join(managed, name), { recursive: true })
  await rm(join(managed, name, 'torch'), { force: true })
  await symlink(folder, join(managed, name, 'torch'))
  await makeCurrent(managed, name)
  return folder
}

/** The archives that make up the LibTorch that `options` ask for. `owned` ones may be deleted afterwards. */
async function gather(
  options: SetupOptions,
  place: SetupPlace,
  pip: Pip | null,
): Promise<{ archives: string[]; owned: boolean }> {
  const variant = options.variant ?? 'cpu'
  const given = options.from ? resolve(options.from) : null
  const anyWillDo = given !== null && options.version === undefined && options.variant === undefined
  const specifier = anyWillDo ? '' : `==${options.version ?? LIBTORCH_VERSION}+${variant}`
  const wanted: Wanted = { name: 'torch', specifier }
  const downloads = join(place.managed, 'downloads')
  const givenFile = given !== null && statSync(given).isFile()
  const online = place.sources(variant, options.index ?? null, pip)
  const wheelFolder = givenFile ? dirname(given) : given
  const from = wheelFolder ? [folderSource(wheelFolder, pip), ...online] : online
  await mkdir(downloads, { recursive: true })
  const torch = givenFile ? given : await fetchWheel(wanted, downloads, given ? from.slice(0, 1) : from)
  const libraries = torch.endsWith('.whl') ? await fetchLibraries(torch, downloads, from, pip) : []
  return { archives: [torch, ...libraries], owned: given === null }
}

function describePlan(options: SetupOptions, place: SetupPlace, pip: Pip | null): string[] {
  const variant = options.variant ?? 'cpu'
  const lines = [`would put LibTorch ${options.version ?? LIBTORCH_VERSION}+${variant} into ${place.managed}`]
  if (options.from) return [...lines, `would take it from ${resolve(options.from)}`]
  const asked = place.sources(variant, options.index ?? null, pip).map(source => source.name)
  return [...lines, ...asked.map((name, i) => `${i === 0 ? 'would ask' : 'and then'} ${name}`)]
}

const HELP = `To mend it:
  - behind a mirror: npx torch-node setup --index https://your.mirror/simple
  - offline: get the wheel on another machine (pip download --no-deps torch==VERSION+cpu), then
    npx torch-node setup --from torch-….whl
  - with a LibTorch of your own: export LIBTORCH=/path/to/libtorch`

/**
 * Sets LibTorch up and returns its folder, or null after a dry run. Does nothing where one is found already, unless a
 * particular one is asked for or `force` is given.
 */
export async function setup(options: SetupOptions, place: SetupPlace = PLACE): Promise<string | null> {
  const particular = options.version ?? options.variant ?? options.from ?? options.index
  const { found } = searchLibTorch()
  if (found && particular === undefined && !options.force) {
    say(`LibTorch ${found.version} is there: ${found.folder}`)
    return found.folder
  }
  if (options.from && !existsSync(options.from)) throw new SetupError(`--from: there is no ${resolve(options.from)}`)
  const pip = findPip()
  if (options.dryRun) {
    for (const line of describePlan(options, place, pip)) say(line)
    return null
  }
  await mkdir(place.managed, { recursive: true })
  return await withLock(
    join(place.managed, '.lock'),
    () => bring(options, place, pip),
    pid => say(`waiting for process ${pid}, which is setting up LibTorch …`),
  )
}

async function bring(options: SetupOptions, place: SetupPlace, pip: Pip | null): Promise<string> {
  const { managed } = place
  await sweep(managed)
  if (options.from && statSync(options.from).isDirectory() && !isWheelFolder(options.from)) {
    const folder = libtorchIn(resolve(options.from))
    if (!folder)
      throw new SetupError(
        `--from: ${resolve(options.from)} is neither a LibTorch folder nor a folder with a torch wheel`,
      )
    return done(await adopt(managed, folder))
  }
  const name = `${options.version ?? LIBTORCH_VERSION}+${options.variant ?? 'cpu'}`
  if (!options.from && !options.force && whyNotLibTorch(join(managed, name, 'torch')) === null) {
    await makeCurrent(managed, name)
    return done(join(managed, name, 'torch'))
  }
  try {
    const { archives, owned } = await gather(options, place, pip)
    const folder = await install(managed, archives)
    if (owned) await rm(join(managed, 'downloads'), { recursive: true, force: true })
    return done(folder)
  } catch (error) {
    if (error instanceof SetupError && !options.from) throw new SetupError(`${error.message}\n${HELP}`)
    throw error
  }
}

function done(folder: string): string {
  say(`LibTorch ${readVersion(folder) ?? ''} is in ${folder}`)
  if (process.env.LIBTORCH && resolve(process.env.LIBTORCH) !== folder) {
    say(`LIBTORCH=${process.env.LIBTORCH} is set and goes first; unset it to use this one`)
  } else if (!isCheckout) say('torch-node is ready')
  return folder
}
