/** `node .cache/programs/test/fuzz/run.js [--calls 100000] [--seed 0] [--only I]`: the whole fuzz run. */
import { Command } from 'commander'
import { makeCall, targetCounts } from './calls.js'
import { fuzz } from './fuzz.js'

const { seed, calls, only, first } = new Command('fuzz')
  .description('Calls every public function with wrong and odd arguments; nothing may end the process.')
  .option('--seed <n>', 'of the calls', Number, 0)
  .option('--calls <n>', 'how many', Number, 100_000)
  .option('--first <n>', 'number of the first call', Number, 0)
  .option('--only <n>', 'makes one call in this process, to look at it', Number)
  .parse()
  .opts<{ seed: number; calls: number; only?: number; first: number }>()

if (only !== undefined) {
  const call = makeCall(seed, only)
  console.log(call.text)
  try {
    console.log('returned', call.run())
  } catch (error) {
    console.log('threw', error)
  }
} else {
  const { functions, methods, others } = targetCounts
  console.log(`${functions} functions and constructors, ${methods} members of tensors, ${others} of other objects`)
  const began = performance.now()
  const report = await fuzz({
    seed,
    calls,
    first,
    onProgress: done => process.stderr.isTTY && process.stderr.write(`\r${done} of ${calls}`),
    onBreach: ({ i, text, error }) => console.log(`call ${i}: ${text}\n    ${error}`),
  })
  const seconds = (performance.now() - began) / 1000
  console.log(
    `${report.calls} calls in ${seconds.toFixed(0)} s: ${report.returned} returned, ${report.threw} threw, ` +
      `${report.breaches.length} broke the rules, ${report.crashes.length} ended the process`,
  )
  process.exitCode = report.crashes.length + report.breaches.length > 0 ? 1 : 0
}
