/** Cases that run in both languages after one fresh seed, on one thread. */
import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'
import { python, runPython } from './python.js'

/**
 * One test for each case: it must make what Python made. `program` reads the seed, sets it before each case, and prints the
 * list of results as JSON.
 */
export function compareSeeded(
  title: string,
  program: string,
  cases: readonly (readonly [name: string, run: () => unknown])[],
): void {
  describe.skipIf(!python)(title, () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const threads = torch.get_num_threads()
    torch.set_num_threads(1)
    const told = python ? (JSON.parse(runPython(program, { input: JSON.stringify(seed) })) as unknown[]) : []
    for (const [i, [name, run]] of cases.entries())
      it(`${name} (seed ${seed})`, () => {
        torch.manual_seed(seed)
        expect(run()).toEqual(told[i])
      })
    it('leaves the number of threads as it was', () => {
      torch.set_num_threads(threads)
      expect(told.length).toBe(cases.length)
    })
  })
}
