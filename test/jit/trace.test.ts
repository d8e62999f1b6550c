/** Tracing: what it checks, what it warns about, and what it takes. */
import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'
import { warningThatStarts } from '../support/warnings.js'

const { jit, nn } = torch
type Tensor = torch.Tensor

describe('jit.trace', () => {
  test('records operators; branches and sizes are those of the example', () => {
    const traced = jit.trace((x: Tensor) => (x.size(0) > 2 ? x.add(1) : x.sub(1)), torch.ones(3))
    expect(traced(torch.ones(3)).tolist()).toEqual([2, 2, 2])
    expect(traced(torch.ones(1)).tolist()).toEqual([2])
    expect(traced).toBeInstanceOf(jit.ScriptFunction)
    expect(traced.graph).toContain('aten::add')
    expect(jit.trace(traced, torch.ones(1))).toBe(traced)
  })

  test('gradients flow through, and parameters are shared', () => {
    const net = new nn.Linear(3, 2)
    const traced = jit.trace(net, torch.ones(1, 3))
    traced(torch.ones(4, 3)).sum().backward()
    expect(net.weight.grad!.tolist()).toEqual([
      [4, 4, 4],
      [4, 4, 4],
    ])
  })

  test('arrays are tuples, and dictionaries need strict to be false', () => {
    const pair = jit.trace(
      (x: Tensor, [a, b]: [Tensor, Tensor]) => [x.add(a), [b, x]],
      [torch.ones(1), [torch.ones(1), torch.zeros(1)]],
    )
    const [sum, [b]] = pair(torch.ones(1), [torch.full([1], 5), torch.full([1], 7)]) as unknown as [Tensor, [Tensor]]
    expect([sum.item(), b.item()]).toEqual([6, 7])
    const both = (x: Tensor) => ({ twice: x.mul(2) })
    expect(() => jit.trace(both, torch.ones(1))).toThrow(/strict/)
    expect(jit.trace(both, torch.ones(1), { strict: false })(torch.ones(1)).twice.item()).toBe(2)
  })

  test('a function that does other operators the second time is refused', () => {
    let calls = 0
    const moody = (x: Tensor) => (calls++ % 2 === 0 ? x.add(1) : x.mul(3))
    expect(() => jit.trace(moody, torch.ones(1))).toThrow(jit.TracingCheckError)
    expect(() => jit.trace(moody, torch.ones(1))).toThrow(/Graphs differed across invocations!\n- .*\n\+ /)
    expect(jit.trace(moody, torch.ones(1), { check_trace: false })).toBeInstanceOf(jit.ScriptFunction)
    const branches = (x: Tensor) => (x.sum().item() > 0 ? x.add(1) : x.sub(1))
    expect(() => jit.trace(branches, torch.ones(2), { check_inputs: [[torch.full([2], -1)]] })).toThrow(
      jit.TracingCheckError,
    )
    expect(() => jit.trace(branches, torch.ones(2), { check_inputs: [[torch.full([2], 4)]] })).not.toThrow()
    let failing = false
    const fails = (x: Tensor) => {
      if (failing) throw new Error('second time')
      failing = true
      return x.add(1)
    }
    expect(() => jit.trace(fails, torch.ones(1))).toThrow(/second time/)
  })

  test('results that differ are warned about', async () => {
    const warned = warningThatStarts('Output nr 1. of the traced function does not match')
    const noisy = jit.trace((x: Tensor) => x.add(torch.rand_like(x)), torch.ones(3))
    expect((await warned).name).toBe('TracerWarning')
    expect(noisy(torch.zeros(3)).shape).toEqual([3])
  })

  test('inputs that the function changes are copied for the checks', () => {
    const x = torch.ones(2)
    const traced = jit.trace((t: Tensor) => t.add_(1), x)
    // The recording itself ran on it.
    expect(x.tolist()).toEqual([2, 2])
    expect(traced(torch.zeros(2)).tolist()).toEqual([1, 1])
  })

  test('an error of the function is the caller’s, and ends the recording', () => {
    class Mine extends Error {}
    expect(() =>
      jit.trace(() => {
        throw new Mine('mine')
      }, torch.ones(1)),
    ).toThrow(Mine)
    expect(jit.is_tracing()).toBe(false)
    let during = false
    jit.trace(
      (x: Tensor) => {
        during = jit.is_tracing()
        return x.add(1)
      },
      torch.ones(1),
      { check_trace: false },
    )
    expect(during).toBe(true)
    expect(jit.is_scripting()).toBe(false)
  })

  test('wrong arguments', () => {
    expect(() => jit.trace(5 as never, torch.ones(1))).toThrow(TypeError)
    expect(() => jit.trace((x: Tensor) => x, [() => 1])).toThrow(TypeError)
    expect(() => jit.trace(async (x: Tensor) => x, torch.ones(1))).toThrow(TypeError)
    expect(() => jit.trace_module((() => 1) as never, {})).toThrow(TypeError)
    expect(() => jit.trace_module(new nn.Linear(1, 1), { nothing: torch.ones(1) })).toThrow(/no method nothing/)
  })
})
