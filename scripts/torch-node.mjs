#!/usr/bin/env node
/** The command `torch-node`. In a clone it first compiles what it is made of. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { main, prepare, root } from './bootstrap.mjs'

await main(async () => {
  if (existsSync(join(root, 'tsconfig.json'))) await prepare({ addon: false })
  const cli = await import(join(root, 'dist', 'cli', 'index.js'))
  await cli.main(process.argv)
})
