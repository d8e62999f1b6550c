/** Runs once before all test files: installs what the parity tests' Python needs, and says aloud when there is none. */
export async function setup(): Promise<void> {
  const { python, whyNoPython } = await import('./parity/python.js')
  if (!python) console.error(`\nNo Python to compare with, tests that ask it are skipped: ${whyNoPython}\n`)
}
