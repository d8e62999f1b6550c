import type { Tensor, utils } from 'torch-node'

type Dataset<Item> = utils.data.Dataset<Item>
type IterableDataset<Item> = utils.data.IterableDataset<Item>
type Made<Args extends unknown[], Item> = new (...args: Args) => Dataset<Item>

export const Numbers: Made<[length: number], number>
export const Noisy: Made<[length: number], [Tensor, Tensor, number]>
export const Pictures: Made<[images: Tensor, transform: object], { image: Tensor; label: number; name: string }>
export const Broken: Made<[how: string, at?: number], number>
export const Range: new (start: number, end: number) => IterableDataset<number>
export const Whole: new (n: number) => IterableDataset<number>
export const Info: Made<[], (number | boolean)[]>
export const Private: Made<[], number>
export const Rebuilt: Made<[secret: number], number>
export const Shared: Made<[memory: Tensor], Tensor>
export const Writing: Made<[memory: Tensor], number>
export function addExtra(worker: number): void
export function failInit(worker: number): void
export function sumUp(samples: number[]): number
export function makeHidden(): Dataset<number>
export function makeClosure(n: number): (samples: number[]) => number
export class Linked {
  constructor(value: number)
}
export const Fields: Made<[fields: object], unknown[]>
export function square(x: number): number
