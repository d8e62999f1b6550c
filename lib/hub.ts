/**
 * `torch.hub`: weights from the web. https://docs.pytorch.org/docs/stable/hub.html
 *
 * `list`, `help` and `load` would run a repository's Python code: they are not here.
 */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { signature, typeName } from './_C/args.js'
import { valueError } from './_C/raise.js'
import { downloadFile, type DownloadOptions as FileOptions } from './_download.js'
import type { MapLocation } from './_serialization/map_location.js'
import { loadAsync } from './serialization.js'

/** Keywords of `download_url_to_file`. */
export interface DownloadOptions {
  /** Digits that the SHA-256 hash of the file begins with. Default: not looked at. */
  hash_prefix?: string | null
  /** Shows a bar on stderr. Default true. */
  progress?: boolean
  onProgress?: FileOptions['onProgress'] | null
  signal?: AbortSignal | null
}

/** Keywords of `load_state_dict_from_url`. */
export interface StateDictOptions extends Omit<DownloadOptions, 'hash_prefix'> {
  /** The folder that keeps the file. Default `checkpoints` in `get_dir()`. */
  model_dir?: string | null
  /** See `torch.load`. */
  map_location?: MapLocation
  /** The file's name ends in the first digits of its hash, `resnet18-5c106cde.pth`: check them. Default false. */
  check_hash?: boolean
  /** The file's name in the folder. Default that of the URL. */
  file_name?: string | null
  /** Always true: the code that a file could hold never runs. */
  weights_only?: true
}

const hashInName = /-([a-f0-9]*)\./

let folder: string | null = null

/**
 * The folder for what is downloaded: that of `set_dir`, else `hub` in `$TORCH_HOME`, else in `$XDG_CACHE_HOME/torch`, which is
 * `~/.cache/torch` by default. https://docs.pytorch.org/docs/stable/hub.html#torch.hub.get_dir
 */
export function get_dir(): string {
  if (folder !== null) return folder
  const { TORCH_HOME, XDG_CACHE_HOME } = process.env
  return join(expanded(TORCH_HOME || join(XDG_CACHE_HOME || '~/.cache', 'torch')), 'hub')
}

/** Lets `d` be the folder for what is downloaded. */
export function set_dir(d: string): void {
  if (typeof d !== 'string') throw new TypeError(`set_dir(): expected a path, not ${typeName(d)}`)
  folder = expanded(d)
}

const bindDownload = signature<Required<DownloadOptions> & { url: string; dst: string }>(
  'download_url_to_file',
  'url',
  'dst',
  ['hash_prefix', null],
  ['progress', true],
  '*',
  ['onProgress', null],
  ['signal', null],
)

/**
 * Downloads a file to `dst`, which appears when it is whole. What has come lies beside it in `dst.part`: a later call goes on
 * from there. https://docs.pytorch.org/docs/stable/hub.html#torch.hub.download_url_to_file
 *
 * @throws {TorchError} when the server does not give it, or its hash is another
 */
export async function download_url_to_file(
  url: string,
  dst: string,
  hash_prefix?: string | null | DownloadOptions,
  progress?: boolean | DownloadOptions,
  keywords?: DownloadOptions,
): Promise<void>
export async function download_url_to_file(...args: unknown[]): Promise<void> {
  const { url, dst, hash_prefix, progress, onProgress, signal } = bindDownload(args)
  await downloadFile([checkedUrl(url)], expanded(dst), {
    // An older file is replaced, as in Python.
    force: true,
    progress,
    signal,
    desc: basename(dst),
    ...(hash_prefix ? { hash: { algorithm: 'sha256', prefix: hash_prefix } } : {}),
    ...(onProgress ? { onProgress } : {}),
  })
}

const bindStateDict = signature<Required<StateDictOptions> & { url: string }>(
  'load_state_dict_from_url',
  'url',
  ['model_dir', null],
  ['map_location:dict', null],
  ['progress', true],
  ['check_hash', false],
  ['file_name', null],
  ['weights_only', true],
  '*',
  ['onProgress', null],
  ['signal', null],
)

/**
 * Loads the checkpoint at a URL; the file stays in a folder, and is downloaded once.
 * https://docs.pytorch.org/docs/stable/hub.html#torch.hub.load_state_dict_from_url
 */
export async function load_state_dict_from_url(
  url: string,
  model_dir?: string | null | StateDictOptions,
  map_location?: MapLocation | StateDictOptions,
  progress?: boolean | StateDictOptions,
  check_hash?: boolean | StateDictOptions,
  file_name?: string | null | StateDictOptions,
  weights_only?: true | StateDictOptions,
): Promise<Record<string, unknown>>
export async function load_state_dict_from_url(...args: unknown[]): Promise<Record<string, unknown>> {
  const bound = bindStateDict(args)
  const { url, map_location, progress, check_hash, weights_only, onProgress, signal } = bound
  const name = bound.file_name ?? basename(new URL(checkedUrl(url)).pathname)
  if (name === '' || name !== basename(name)) throw valueError(`load_state_dict_from_url(): no file name in ${url}`)
  const path = join(bound.model_dir === null ? join(get_dir(), 'checkpoints') : expanded(bound.model_dir), name)
  if (!existsSync(path)) {
    const hash_prefix = check_hash ? (hashInName.exec(name)?.[1] ?? null) : null
    await download_url_to_file(url, path, { hash_prefix, progress, onProgress, signal })
  }
  const loaded = await loadAsync(path, map_location, { weights_only, ...(signal ? { signal } : {}) })
  return loaded as Record<string, unknown>
}

function checkedUrl(url: string): string {
  if (typeof url === 'string' && /^https?:\/\//i.test(url)) return url
  throw valueError(`torch.hub: ${typeof url === 'string' ? url : typeName(url)} is no http or https URL`)
}

/** `~` is the home folder. */
function expanded(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path
}
