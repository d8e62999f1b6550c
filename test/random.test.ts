import * as torch from 'torch-node'
import { afterEach, describe, expect, it } from 'vitest'

describe('random numbers', () => {
  afterEach(() => void torch.manual_seed(0))

  it('the same seed draws the same numbers', () => {
    torch.manual_seed(5)
    const first = torch.rand(4)
    expect(torch.manual_seed(5)).toBe(torch.default_generator)
    expect(torch.rand(4).equal(first)).toBe(true)
    expect(torch.rand(4).equal(first)).toBe(false)
    expect(torch.initial_seed()).toBe(5n)
  })

  it('seeds are 64 bits', () => {
    torch.manual_seed(2n ** 64n - 1n)
    expect(torch.initial_seed()).toBe(2n ** 64n - 1n)
    torch.manual_seed(-1)
    expect(torch.initial_seed()).toBe(2n ** 64n - 1n)
    expect(() => torch.manual_seed(1.5)).toThrow(TypeError)
    expect(() => torch.manual_seed('1' as unknown as number)).toThrow(TypeError)
    expect(() => torch.manual_seed(2n ** 64n)).toThrow(torch.TorchError)
    expect(typeof torch.seed()).toBe('bigint')
  })

  it('a generator has a state of its own', () => {
    const generator = new torch.Generator()
    expect(generator.manual_seed(3)).toBe(generator)
    const [a, b] = [torch.rand([3], { generator }), torch.rand([3], { generator })]
    expect(a.equal(b)).toBe(false)
    const state = generator.get_state()
    const c = torch.rand([3], { generator })
    generator.set_state(state)
    expect(torch.rand([3], { generator }).equal(c)).toBe(true)
    const copy = generator.clone_state()
    expect(torch.rand([2], { generator: copy }).equal(torch.rand([2], { generator }))).toBe(true)
    expect([generator.initial_seed(), String(generator.device)]).toEqual([3n, 'cpu'])
    expect(generator).toBeInstanceOf(torch.Generator)
    expect(() => generator.set_state(3 as unknown as torch.Tensor)).toThrow(TypeError)
    expect(() => torch.rand([1], { generator: {} as torch.Generator })).toThrow(TypeError)
  })

  it('fork_rng restores the state, also after an await and a throw', async () => {
    const draw = () => torch.rand(1).item()
    torch.manual_seed(1)
    const next = torch.random.fork_rng(draw)
    expect(
      await torch.random.fork_rng(async () => {
        await null
        return draw()
      }),
    ).toBe(next)
    expect(() =>
      torch.random.fork_rng(() => {
        draw()
        throw new Error('out')
      }),
    ).toThrow('out')
    {
      using _ = torch.random.fork_rng()
      draw()
    }
    expect(draw()).toBe(next)
  })

  it('get_rng_state and set_rng_state', () => {
    const state = torch.get_rng_state()
    expect(state.dtype).toBe(torch.uint8)
    const drawn = torch.randn(5)
    torch.set_rng_state(state)
    expect(torch.randn(5).equal(drawn)).toBe(true)
  })
})
