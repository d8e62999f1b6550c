import * as torch from 'torch-node'
import { expect, test } from 'vitest'

const { clip_grad_norm_, clip_grad_value_, get_total_norm } = torch.nn.utils

/** Two parameters with gradients 3 and 4, and one without. */
function parameters(): torch.Tensor[] {
  const made = [3, 4, 0].map(() => torch.zeros([1], { requires_grad: true }))
  made[0]!.grad = torch.tensor([3])
  made[1]!.grad = torch.tensor([4])
  return made
}
const gradients = (list: torch.Tensor[]) => list.map(p => p.grad?.item())

test('clip_grad_norm_ scales to the norm, and returns the one before', () => {
  const list = parameters()
  expect(clip_grad_norm_(list, 1).item()).toBe(5)
  const [a, b, none] = gradients(list) as number[]
  expect([a, b]).toEqual([expect.closeTo(0.6, 5), expect.closeTo(0.8, 5)])
  expect(none).toBeUndefined()
})

test('clip_grad_norm_ leaves small gradients, and takes other norms', () => {
  const list = parameters()
  expect(clip_grad_norm_(list, { max_norm: 10, norm_type: 1 }).item()).toBe(7)
  expect(gradients(list).slice(0, 2)).toEqual([3, 4])
  expect(clip_grad_norm_(list, 2, Number.POSITIVE_INFINITY).item()).toBe(4)
  expect(gradients(list)[1]).toBeCloseTo(2, 5)
  expect(clip_grad_norm_([], 1).item()).toBe(0)
})

test('clip_grad_norm_ can insist on finite gradients', () => {
  const list = parameters()
  list[0]!.grad!.fill_(Number.NaN)
  expect(() => clip_grad_norm_(list, 1, 2, true)).toThrow('non-finite')
  expect(clip_grad_norm_(list, 1).isnan().item()).toBe(true)
})

test('clip_grad_value_ limits every number', () => {
  const list = parameters()
  clip_grad_value_(list, 3.5)
  expect(gradients(list).slice(0, 2)).toEqual([3, 3.5])
  expect(get_total_norm([torch.tensor([3, 4])]).item()).toBe(5)
})
