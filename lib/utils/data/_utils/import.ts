import type { Resolve } from './unpack.js'
import { exportOf } from './unpack.js'

/** Imports the modules that define a user's classes and functions; the answer finds them by name. */
export async function importFunctions(urls: readonly string[]): Promise<Resolve> {
  const modules = new Map<string, object>()
  for (const url of urls) modules.set(url, (await import(url)) as object)
  return ({ url, name, source, line }) => {
    const found = exportOf(modules.get(url)!, name, source)
    if (found) return found
    throw new TypeError(
      `${name ? `'${name}'` : 'A function without a name'} (${url}:${line}) is not exported by its module, so that a ` +
        "DataLoader's worker can not import it: write 'export' before it, at the top level of the file. A function that " +
        'uses variables around it becomes a class whose fields they are.',
    )
  }
}
