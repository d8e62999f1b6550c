/** What transforms ask of a sample. */
import { isPlainObject, typeName } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import type { Tensor } from '../../../tensor.js'
import { Image as Picture } from '../../image.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { get_dimensions, get_size } from './functional/_meta.js'
import { is_pure_tensor } from './functional/_utils.js'

/** A class, or a function that says whether a value is meant. */
export type TypeOrCheck = Type | ((value: unknown) => boolean)

/** A class, whatever its constructor takes. */
interface Type {
  readonly prototype: object
}

/** Whether a function is a class, which has a prototype that can't be replaced. */
function isClass(type: TypeOrCheck): boolean {
  return Object.getOwnPropertyDescriptor(type, 'prototype')?.writable === false
}

function isA(value: unknown, type: TypeOrCheck): boolean {
  // A number is an instance of `Number` here, and everything one of `Object`, as in Python.
  return isClass(type)
    ? Object(value) instanceof (type as new () => unknown)
    : (type as (value: unknown) => boolean)(value)
}

export function check_type(value: unknown, types: readonly TypeOrCheck[]): boolean {
  return types.some(type => isA(value, type))
}

export function has_any(flat_inputs: readonly unknown[], ...types: TypeOrCheck[]): boolean {
  return flat_inputs.some(value => check_type(value, types))
}

export function has_all(flat_inputs: readonly unknown[], ...types: TypeOrCheck[]): boolean {
  return types.every(type => flat_inputs.some(value => isA(value, type)))
}

/** The boxes of a sample. @throws {ValueError} when there are none */
export function get_bounding_boxes(flat_inputs: readonly unknown[]): tv_tensors.BoundingBoxes {
  const boxes = flat_inputs.find(value => value instanceof tv_tensors.BoundingBoxes)
  if (!boxes) throw new ValueError('No bounding boxes were found in the sample')
  return boxes as tv_tensors.BoundingBoxes
}

/** The points of a sample. @throws {ValueError} when there are none */
export function get_keypoints(flat_inputs: readonly unknown[]): tv_tensors.KeyPoints {
  const points = flat_inputs.find(value => value instanceof tv_tensors.KeyPoints)
  if (!points) throw new ValueError('No keypoints were found in the sample')
  return points as tv_tensors.KeyPoints
}

const pictures: readonly TypeOrCheck[] = [is_pure_tensor, tv_tensors.Image, Picture, tv_tensors.Video]

function theOnly<T extends readonly number[]>(found: readonly T[], what: string, none: string): T {
  const distinct = [...new Map(found.map(size => [String(size), size])).values()]
  if (distinct.length === 0) throw new TypeError(`No ${none} was found in the sample`)
  if (distinct.length === 1) return distinct[0]!
  const sorted = distinct.sort((a, b) => a.map((side, i) => side - b[i]!).find(difference => difference !== 0) ?? 0)
  throw new ValueError(
    `Found multiple ${what} dimensions in the sample: ${sorted.map(size => `(${size.join(', ')})`).join(', ')}`,
  )
}

/** Channels, height and width of the images of a sample. @throws {ValueError} when they differ */
export function query_chw(flat_inputs: readonly unknown[]): [channels: number, height: number, width: number] {
  const sizes = flat_inputs.filter(value => check_type(value, pictures)).map(value => get_dimensions(value as Tensor))
  return theOnly(sizes, 'CxHxW', 'image or video')
}

/** Height and width of all in a sample. @throws {ValueError} when they differ */
export function query_size(flat_inputs: readonly unknown[]): [height: number, width: number] {
  const types = [...pictures, tv_tensors.Mask, tv_tensors.BoundingBoxes, tv_tensors.KeyPoints]
  const sizes = flat_inputs.filter(value => check_type(value, types)).map(value => get_size(value as Tensor))
  return theOnly(sizes, 'HxW', 'image, video, mask, bounding box of keypoint')
}

/** Finds the labels in a sample; null where it has none. */
export type LabelsGetter = (sample: unknown) => unknown

/** `'default'`, a function, or null for none. */
export function parseLabelsGetter(getter: 'default' | LabelsGetter | null): LabelsGetter {
  if (getter === 'default') return defaultLabels
  if (getter === null) return () => null
  if (typeof getter === 'function') return getter
  throw new ValueError(`labels_getter should either be 'default', a callable, or None, but got ${typeName(getter)}.`)
}

/** The second of an array, or what in it, or in an object, has a name like labels. */
function defaultLabels(sample: unknown): unknown {
  const inputs: unknown = Array.isArray(sample) ? sample[1] : sample
  if (is_pure_tensor(inputs)) return inputs
  if (!isPlainObject(inputs) && !(inputs instanceof Map))
    throw new ValueError(
      'When using the default labels_getter, the input passed to forward must be a dictionary or a two-tuple ' +
        `whose second item is a dictionary or a tensor, but got ${typeName(inputs)} instead.`,
    )
  const entries = inputs instanceof Map ? [...(inputs as Map<unknown, unknown>)] : Object.entries(inputs)
  const lower = (key: unknown) => String(key).toLowerCase()
  const found =
    entries.find(([key]) => lower(key) === 'labels') ?? entries.find(([key]) => lower(key).includes('label'))
  if (found) return found[1]
  throw new ValueError(
    'Could not infer where the labels are in the sample. Try passing a callable as the labels_getter parameter?' +
      'If there are no labels in the sample by design, pass labels_getter=None.',
  )
}
