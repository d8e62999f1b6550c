import { ValueError } from '../../../_C/errors.js'
import { transformText } from '../_transforms.js'
import type { AnyTransform } from '../transform.js'

/** What a transform is given: one sample, or several values that belong together. */
type Samples = readonly unknown[]

/** @throws {TypeError | ValueError} for what is no array of functions, or an empty one */
export function checkedTransforms(transforms: Iterable<AnyTransform>): readonly AnyTransform[] {
  const isIterable = typeof transforms === 'object' && transforms !== null && Symbol.iterator in transforms
  if (!isIterable) throw new TypeError('Argument transforms should be a sequence of callables')
  const list = [...transforms]
  if (list.length === 0) throw new ValueError('Pass at least one transform')
  if (list.some(transform => typeof transform !== 'function'))
    throw new TypeError('Argument transforms should be a sequence of callables')
  return list
}

export function call(transform: AnyTransform, samples: Samples): unknown {
  return (transform as (...samples: readonly unknown[]) => unknown)(...samples)
}

/** One after the other, each with what the one before gave. After an asynchronous one the result is a promise. */
export function run(transforms: readonly AnyTransform[], samples: Samples): unknown {
  const several = samples.length > 1
  let result: unknown = several ? samples : samples[0]
  const next = (transform: AnyTransform) => (value: unknown) =>
    call(transform, several ? (value as unknown[]) : [value])
  for (const transform of transforms)
    result = result instanceof Promise ? result.then(next(transform)) : next(transform)(result)
  return result
}

/** One line for each. */
export function transformLines(transforms: readonly AnyTransform[]): string {
  return transforms.map(transform => `    ${transformText(transform)}`).join('\n')
}
