import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { ValueError } from '../../_C/errors.js'
import { Dataset } from '../../utils/data/dataset.js'

/** Keywords of datasets of pictures. */
export interface VisionDatasetOptions<Input, Target, Sample, Label> {
  /** What happens to the picture, and to the target. */
  transform?: ((input: Input) => Sample | Promise<Sample>) | null
  target_transform?: ((target: Target) => Label | Promise<Label>) | null
  /** What happens to both together; instead of the other two. */
  transforms?: ((input: Input, target: Target) => [Sample, Label] | Promise<[Sample, Label]>) | null
}

/**
 * The base of datasets of pictures: a subclass writes `length` and `getItem`, which hands what it has to `transformed`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.VisionDataset.html
 */
export abstract class VisionDataset<Input, Target, Sample = Input, Label = Target> extends Dataset<[Sample, Label]> {
  root: string | null
  readonly transform: VisionDatasetOptions<Input, Target, Sample, Label>['transform']
  readonly target_transform: VisionDatasetOptions<Input, Target, Sample, Label>['target_transform']
  readonly transforms: VisionDatasetOptions<Input, Target, Sample, Label>['transforms']

  constructor(root: string | URL | null = null, options: VisionDatasetOptions<Input, Target, Sample, Label> = {}) {
    super()
    const { transform = null, target_transform = null, transforms = null } = options
    if (transforms && (transform || target_transform))
      throw new ValueError('Only transforms or transform/target_transform can be passed as argument')
    this.root = root === null ? null : pathOf(root)
    this.transform = transform
    this.target_transform = target_transform
    this.transforms = transforms
  }

  /** The sample made of a picture and its target. */
  protected transformed(input: Input, target: Target): [Sample, Label] | Promise<[Sample, Label]> {
    if (this.transforms) return this.transforms(input, target)
    const sample = this.transform ? this.transform(input) : (input as unknown as Sample)
    const label = this.target_transform ? this.target_transform(target) : (target as unknown as Label)
    if (sample instanceof Promise || label instanceof Promise) return Promise.all([sample, label])
    return [sample, label]
  }

  /** More lines for the printed form. */
  extra_repr(): string {
    return ''
  }

  override toString(): string {
    const body = [`Number of datapoints: ${this.length}`]
    if (this.root !== null) body.push(`Root location: ${this.root}`)
    body.push(...this.extra_repr().split('\n').filter(Boolean))
    if (this.transforms) body.push(String(this.transforms))
    else if (this.transform || this.target_transform) body.push(this.standardTransform())
    return [`Dataset ${this.constructor.name}`, ...body.map(line => `    ${line}`)].join('\n')
  }

  private standardTransform(): string {
    const lines = ['StandardTransform']
    const add = (head: string, transform: object) =>
      lines.push(
        ...String(transform)
          .split('\n')
          .map((line, i) => (i === 0 ? head : ' '.repeat(head.length)) + line),
      )
    if (this.transform) add('Transform: ', this.transform)
    if (this.target_transform) add('Target transform: ', this.target_transform)
    return lines.join('\n')
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

/** A folder's path, with `~` for the home folder. @internal */
export function pathOf(root: string | URL): string {
  const path = root instanceof URL ? fileURLToPath(root) : root
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path
}
