import { assertionError } from '../../_C/raise.js'
import type { AnyModule } from '../module.js'

function checkCount(modules: readonly unknown[], others: readonly unknown[], name: string): void {
  if (modules.length !== others.length)
    throw assertionError(
      `The number of modules ${modules.length} is not equal to the number of ${name} ${others.length}`,
    )
}

/**
 * Calls every module with its own arguments: an array, or one value. What a GPU has to do is only queued by a call, so that
 * several work at once.
 */
export function parallel_apply(
  modules: readonly AnyModule[],
  inputs: readonly unknown[],
  kwargs_tup: readonly Record<string, unknown>[] | null = null,
  devices: readonly unknown[] | null = null,
): unknown[] {
  checkCount(modules, inputs, 'inputs')
  if (kwargs_tup !== null) checkCount(modules, kwargs_tup, 'kwargs_tup')
  if (devices !== null) checkCount(modules, devices, 'devices')
  return modules.map((module, i) => {
    const input = inputs[i]
    const args: unknown[] = Array.isArray(input) ? input : [input]
    const keywords = kwargs_tup?.[i]
    const run = module as unknown as (...args: unknown[]) => unknown
    return keywords && Object.keys(keywords).length > 0 ? run(...args, keywords) : run(...args)
  })
}
