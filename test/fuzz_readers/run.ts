/** `npm run fuzz:readers -- [--minutes 10] [--seed 0]`: damaged and hostile files for every reader. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { makeCorpus, readCorpus } from './corpus.js'
import { fuzzReaders } from './fuzz.js'
import { makeCase } from './mutate.js'
import { read } from './readers.js'

interface Options {
  minutes: number
  cases?: number
  seed: number
  first: number
  files?: string
  only?: number
  keep?: string
}

const { minutes, cases, seed, first, files, only, keep } = new Command('fuzz:readers')
  .description(
    'Reads damaged and hostile files: each must end in a clear error or in a value, in bounded time and memory.',
  )
  .option('--minutes <n>', 'how long', Number, 10)
  .option('--cases <n>', 'how many at most', Number)
  .option('--seed <n>', 'of the changes', Number, 0)
  .option('--first <n>', 'number of the first case', Number, 0)
  .option('--files <text>', 'only files of the corpus whose name has this')
  .option('--only <n>', 'reads one case in this process, to look at it', Number)
  .option('--keep <path>', 'with --only: where to put its file')
  .parse()
  .opts<Options>()

if (only !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'torch-node-readers-'))
  makeCorpus(folder)
  const corpus = readCorpus(folder).filter(({ name }) => name.includes(files ?? ''))
  const { file, text, bytes } = makeCase(corpus, join(folder, 'executed'), seed, only)
  console.log(text)
  if (keep) writeFileSync(keep, bytes)
  try {
    await read(file.kind, join(folder, `case.${file.kind}`), bytes, Math.floor(only / corpus.length))
    console.log('read')
  } catch (error) {
    console.log('threw', error)
  }
  rmSync(folder, { recursive: true })
} else {
  console.log(`seed ${seed}, from case ${first} on`)
  const began = performance.now()
  const report = await fuzzReaders({
    seed,
    first,
    seconds: 60 * minutes,
    ...(cases === undefined ? {} : { cases }),
    ...(files === undefined ? {} : { only: files }),
    onProgress: done => process.stderr.isTTY && process.stderr.write(`\r${done}`),
    onBreach: ({ i, text, error }) => console.log(`case ${i}: ${text}\n    ${error}`),
  })
  const seconds = (performance.now() - began) / 1000
  console.log(
    `${report.cases} files in ${seconds.toFixed(0)} s: ${report.returned} read, ${report.threw} refused, ` +
      `${report.breaches.length} broke the rules, ${report.crashes.length} ended the process`,
  )
  process.exitCode = report.crashes.length + report.breaches.length > 0 ? 1 : 0
}
