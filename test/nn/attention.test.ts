import * as torch from 'torch-node'
import { nn } from 'torch-node'
import { expect, it, vi } from 'vitest'

const { attention, functional: F } = nn
const { sdpa_kernel, SDPBackend } = attention
const q = torch.randn(1, 2, 4, 8)

it('sdpa_kernel holds over awaits, restores what was, and refuses what is no backend', async () => {
  const run = (): torch.Tensor => F.scaled_dot_product_attention(q, q, q)
  await sdpa_kernel([], async () => {
    await Promise.resolve()
    expect(run).toThrow('No viable backend')
  })
  expect(run().shape).toEqual([1, 2, 4, 8])
  {
    using _ = sdpa_kernel(SDPBackend.ERROR)
    expect(run).toThrow('No viable backend')
  }
  expect(run().shape).toEqual([1, 2, 4, 8])
  expect(() => sdpa_kernel('math' as never, run)).toThrow('Backend must be an instance of SDPBackend')
})

it('a causal bias goes with no other causal mask', () => {
  const bias = attention.bias.causal_upper_left(4, 4)
  expect(() => F.scaled_dot_product_attention(q, q, q, bias, { is_causal: true })).toThrow(
    'CausalBias should not be used',
  )
  expect(() => attention.bias.causal_lower_right(...([4] as unknown as [number, number]))).toThrow('only supports 2D')
  expect(attention.WARN_FOR_UNFUSED_KERNELS).toBe(false)
})

it('an implementation of flash attention is put in place by name', () => {
  const remove = vi.fn()
  const { current_flash_attention_impl: current } = attention
  expect(attention.list_flash_attention_impls()).toEqual([])
  attention.register_flash_attention_impl('mine', { register_fn: () => ({ remove }) })
  expect(attention.list_flash_attention_impls()).toEqual(['mine'])
  expect(current()).toBeNull()
  attention.activate_flash_attention_impl('mine')
  expect(current()).toBe('mine')
  expect(() => attention.activate_flash_attention_impl('other')).toThrow("Unknown flash attention impl 'other'")
  expect(current()).toBeNull()
  expect(remove).toHaveBeenCalledOnce()
})
