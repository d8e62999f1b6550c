/**
 * `npm test [-- VITEST ARGUMENTS]`: sets everything up, then checks formatting, types, generated code and behaviour. Each
 * step runs even where an earlier one failed; the last line counts the tests.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { main, prepare, root, run, say } from './bootstrap.mjs'

const filters = process.argv.slice(2)
const report = join(root, '.cache', `vitest-${process.pid}.json`)
const failures = []

async function step(name, body) {
  const start = performance.now()
  say(`${name} …`)
  try {
    await body()
    say(`${name}: ok (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  } catch (error) {
    failures.push(name)
    say(`${name}: FAILED (${error.message})`)
  }
}

function vitest() {
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters]
  const { status, signal } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'vitest', 'vitest.mjs'), ...args],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  if (status !== 0) throw new Error(signal ? `ended by ${signal}` : `exit code ${status}`)
}

/** Counts from vitest's report. A file that could not be loaded counts as one failed test. */
function count() {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 }
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  rmSync(report)
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const file of testResults) {
    if (file.status === 'failed' && file.assertionResults.length === 0) counts.failed++
    for (const { status } of file.assertionResults)
      counts[status === 'passed' || status === 'failed' ? status : 'skipped']++
  }
  return counts
}

await main(async () => {
  await prepare()
  await step('types of examples, benchmarks and tests', () => prepare({ programs: true }))
  if (filters.length === 0) {
    await step('format and lint', () => run('biome', ['check', '--error-on-warnings', '.']))
    await step('generated code', () => run(process.execPath, [join('scripts', 'generate', 'index.mjs'), '--check']))
  }
  await step('tests', vitest)
  const { passed, failed, skipped } = count()
  if (failures.length > 0) {
    console.log(`\nFailed: ${failures.join(', ')}`)
    process.exitCode = 1
  }
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`)
})
