/** `torch-node rebuild`: builds the addon for the LibTorch that is found. */
import { searchLibTorch } from '../_C/libtorch.js'
import { say } from './progress.js'
import { SetupError } from './setup_error.js'

export async function rebuild(): Promise<void> {
  const { found, looked } = searchLibTorch()
  if (!found) {
    const places = looked.map(({ where, what }) => `  - ${where}: ${what}`)
    throw new SetupError(
      ['there is no LibTorch to build for. Looked at:', ...places, 'Run: npx torch-node setup'].join('\n'),
    )
  }
  const { buildAddon } = await import('../../scripts/build.mjs')
  await buildAddon(found)
  say(`the addon is built for LibTorch ${found.version}`)
}
