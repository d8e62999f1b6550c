import { setTimeout as sleep } from 'node:timers/promises'
import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const x = torch.ones(2, { requires_grad: true })
const records = () => x.mul(2).requires_grad

describe('grad modes', () => {
  it('hold in the callback and give its result', () => {
    expect(torch.no_grad(() => [records(), torch.is_grad_enabled()])).toEqual([false, false])
    expect(torch.no_grad(() => torch.enable_grad(records))).toBe(true)
    expect(torch.set_grad_enabled(false, records)).toBe(false)
    expect(records()).toBe(true)
  })

  it('are restored by a throw', async () => {
    expect(() =>
      torch.no_grad(() => {
        throw new Error('out')
      }),
    ).toThrow('out')
    expect(records()).toBe(true)
    await expect(
      torch.no_grad(async () => {
        await sleep(1)
        throw new Error('later')
      }),
    ).rejects.toThrow('later')
    expect([records(), torch.is_grad_enabled()]).toEqual([true, true])
  })

  it('hold until a using block ends', () => {
    {
      using _ = torch.no_grad()
      expect(records()).toBe(false)
      {
        using _inner = torch.enable_grad()
        expect(records()).toBe(true)
      }
      expect(records()).toBe(false)
    }
    expect(records()).toBe(true)
  })

  it('set_grad_enabled stays without a block', () => {
    torch.set_grad_enabled(false)
    expect(records()).toBe(false)
    torch.set_grad_enabled(true)
    expect(records()).toBe(true)
  })

  it('follow each asynchronous context, and no other', async () => {
    const seen: boolean[] = []
    const watch = async (mode: boolean) => {
      for (let i = 0; i < 20; i++) {
        await sleep(Math.random() * 3)
        seen.push(records() === mode && torch.is_grad_enabled() === mode)
      }
    }
    await Promise.all([
      torch.no_grad(() => watch(false)),
      watch(true),
      torch.no_grad(() => torch.enable_grad(() => watch(true))),
      torch.inference_mode(() => watch(false)),
    ])
    expect(seen).toHaveLength(80)
    expect(seen.every(Boolean)).toBe(true)
  })

  it('a using block inside an asynchronous context stays there', async () => {
    const inside = torch.enable_grad(async () => {
      using _ = torch.no_grad()
      return records()
    })
    expect(records()).toBe(true)
    expect(await inside).toBe(false)
  })

  it('inference mode makes inference tensors', () => {
    const y = torch.inference_mode(() => {
      expect([torch.is_inference_mode_enabled(), torch.is_grad_enabled()]).toEqual([true, false])
      return torch.ones(2)
    })
    expect([y.is_inference(), torch.is_inference_mode_enabled()]).toEqual([true, false])
    expect(() => y.mul(x).sum().backward()).toThrow('Inference tensors cannot be saved for backward')
    torch.inference_mode(() => {
      expect(torch.inference_mode(false, records)).toBe(true)
    })
    expect(torch.inference_mode(true, () => torch.ones(1)).is_inference()).toBe(true)
  })

  it('refuse what is no function', () => {
    expect(() => torch.no_grad(3 as unknown as () => void)).toThrow(TypeError)
  })
})
