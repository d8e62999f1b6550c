import { describe, expect, it } from 'vitest'
import { runStress, stresses } from './stress.js'

describe('a shorter slice of each stress run', () => {
  it.each(Object.keys(stresses))('%s', { timeout: 120_000 }, async kind => {
    const { broken } = await runStress(kind, stresses[kind]!.slice)
    // How long a trip takes depends on what else the machine does.
    expect(broken.filter(what => what !== '1 ms or more')).toEqual([])
  })
})
