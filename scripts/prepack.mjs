/**
 * Before `npm pack` and `npm publish`: everything compiled, and the addon in prebuilds/ as `prebuildify --napi --strip`
 * would put it there, without compiling it once more.
 */
import { copyFileSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { main, prepare, root, run } from './bootstrap.mjs'

await main(async () => {
  await prepare()
  const folder = join(root, 'prebuilds', `${process.platform}-${process.arch}`)
  const draft = join(folder, `draft-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(root, 'build', 'Release', 'torch_node.node'), draft)
  run('strip', [draft])
  renameSync(draft, join(folder, 'torch-node.node'))
})
