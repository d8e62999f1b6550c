/** The command `torch-node`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { LIBTORCH_VERSION, packageRoot } from '../_C/libtorch.js'
import { info } from './info.js'
import { rebuild } from './rebuild.js'
import { type SetupOptions, setup } from './setup.js'
import { SetupError } from './setup_error.js'

const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }

const program = new Command('torch-node')
  .description('PyTorch for TypeScript: set LibTorch up, look at what is there')
  .version(version)
  // So that setup's --version is its own.
  .enablePositionalOptions()

program
  .command('setup')
  .description('find or fetch LibTorch')
  .option('--variant <name>', 'cpu, or a CUDA release such as cu130 (default: cpu)')
  .option('--version <number>', `the LibTorch release (default: ${LIBTORCH_VERSION})`)
  .option('--index <url>', "a Python package index to ask first, instead of PyTorch's")
  .option('--from <path>', 'a torch wheel, a LibTorch archive, a folder with wheels, or a LibTorch folder')
  .option('--force', 'fetch even where LibTorch is there already')
  .option('--dry-run', 'only say what would be done')
  .action(async (options: SetupOptions) => {
    await setup(options)
  })

program
  .command('info')
  .description('print versions, devices, threads and how things were built')
  .action(async () => {
    console.log(await info())
  })

program
  .command('rebuild')
  .description('build the addon for the LibTorch that is found (needs cmake and a C++ compiler)')
  .action(rebuild)

/** Runs the command line. A failure that the user can mend is explained without a stack. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync([...argv])
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'SetupError') throw error
    console.error(`\ntorch-node: ${error.message}`)
    process.exitCode = 1
  }
}

export { SetupError }
