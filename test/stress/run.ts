/** `node scripts/run.mjs test/stress/run.ts [KIND …]`: the stress runs at full size, with their figures. */
import { runStress, stresses } from './stress.js'

const kinds = process.argv.slice(2)
for (const [kind, { what, full }] of Object.entries(stresses)) {
  if (kinds.length > 0 && !kinds.includes(kind)) continue
  const began = performance.now()
  const { figures, broken } = await runStress(kind, full)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  console.log(
    `${broken.length === 0 ? 'holds ' : 'BROKEN'}  ${full.toLocaleString('en')} ${what}: ${figures} (${seconds} s)`,
  )
  for (const line of broken) {
    console.log(`        ${line}`)
    process.exitCode = 1
  }
}
