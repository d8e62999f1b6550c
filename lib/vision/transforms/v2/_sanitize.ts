import { typeName } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import { Tensor } from '../../../tensor.js'

/** The tensors that a sample's labels are; none for null. @throws {ValueError} for anything else, or another number of rows */
export function labelTensors(labels: unknown, rows: number, what: string): Tensor[] {
  if (labels === null || labels === undefined) return []
  const list: unknown[] = Array.isArray(labels) ? labels : [labels]
  for (const label of list) {
    if (!(label instanceof Tensor))
      throw new ValueError(
        `The labels in the input to forward() must be a tensor or None, got ${typeName(label)} instead.`,
      )
    if (label.size(0) !== rows)
      throw new ValueError(`Number of ${what} (${rows}) must match the number of labels (${label.size(0)}).`)
  }
  return list as Tensor[]
}
