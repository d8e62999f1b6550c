import * as torch from 'torch-node'
import * as F from 'torch-node/nn/functional'
import { describe, expect, it } from 'vitest'

const [length, batch, width, heads] = [3, 2, 4, 2]
const q = torch.randn([length, batch, width])
const weight = torch.randn([3 * width, width])
const out = torch.eye(width)

function attend(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, keywords: object) {
  return F.multi_head_attention_forward(
    query,
    key,
    value,
    width,
    heads,
    weight,
    null,
    null,
    null,
    false,
    0,
    out,
    null,
    keywords,
  )
}

describe('scaled_dot_product_attention', () => {
  it('averages values by similarity', () => {
    const value = torch.tensor([[[1], [3]]])
    const zero = torch.zeros([1, 2, 1])
    expect(F.scaled_dot_product_attention(zero, zero, value).tolist()).toEqual([[[2], [2]]])
    expect(F.scaled_dot_product_attention(zero, zero, value, { is_causal: true }).tolist()).toEqual([[[1], [2]]])
    const mask = torch.tensor([[false, true]]).expand([2, 2])
    expect(F.scaled_dot_product_attention(zero, zero, value, mask).tolist()).toEqual([[[3], [3]]])
  })
})

describe('multi_head_attention_forward', () => {
  it('gives one result with weights and without', () => {
    const [a, weights] = attend(q, q, q, {})
    expect(a.shape).toEqual([length, batch, width])
    expect(weights!.shape).toEqual([batch, length, length])
    for (const sum of weights!.sum(-1).flatten().tolist() as number[]) expect(sum).toBeCloseTo(1, 5)
    const [b, none] = attend(q, q, q, { need_weights: false })
    expect(none).toBeNull()
    expect(torch.allclose(a, b, { atol: 1e-5 })).toBe(true)
    expect(attend(q, q, q, { average_attn_weights: false })[1]!.shape).toEqual([batch, heads, length, length])
  })

  it('projects the same, whether packed together or apart', () => {
    const [a] = attend(q, q, q, {})
    const k = q.clone()
    expect(torch.allclose(a, attend(q, k, k, {})[0], { atol: 1e-5 })).toBe(true)
    expect(torch.allclose(a, attend(q, k, q.clone(), {})[0], { atol: 1e-5 })).toBe(true)
    const [wq, wk, wv] = weight.chunk(3)
    const apart = {
      use_separate_proj_weight: true,
      q_proj_weight: wq!,
      k_proj_weight: wk!,
      v_proj_weight: wv!,
    }
    expect(torch.allclose(a, attend(q, k, k, apart)[0], { atol: 1e-5 })).toBe(true)
  })

  it('leaves masked keys out', () => {
    const padding = torch.tensor([
      [false, false, true],
      [false, true, true],
    ])
    const weights = attend(q, q, q, { key_padding_mask: padding })[1]!
    expect(weights.at(0, 0, 2).item()).toBe(0)
    expect(weights.at(1, 2).tolist()).toEqual([1, 0, 0])
    const causal = torch.triu(torch.ones([length, length]), 1).to(torch.bool)
    expect(attend(q, q, q, { attn_mask: causal })[1]!.at(0, 0).tolist()).toEqual([1, 0, 0])
  })

  it('takes inputs without a batch', () => {
    const x = q.at(torch.slice(null), 0)
    const [a, weights] = attend(x, x, x, {})
    expect(a.shape).toEqual([length, width])
    expect(weights!.shape).toEqual([length, length])
    expect(torch.allclose(a, attend(q, q, q, {})[0].at(torch.slice(null), 0), { atol: 1e-5 })).toBe(true)
  })

  it('refuses what does not go together', () => {
    expect(() => attend(q, q.at(0), q, {})).toThrow('expected `key` and `value` to be 3-D but found 2-D and 3-D')
    expect(() => attend(q, q, q, { is_causal: true })).toThrow('Need attn_mask if specifying the is_causal hint.')
    expect(() => attend(q, q, q, { attn_mask: torch.zeros([2, 2]) })).toThrow(
      'The shape of the 2D attn_mask is torch.Size([2, 2]), but should be (3, 3).',
    )
    expect(() => attend(q, q, q, { attn_mask: torch.zeros([3, 3], { dtype: torch.int64 }) })).toThrow(
      'only bool and floating types of attn_mask are supported',
    )
    expect(() => attend(q, q, q, { static_k: torch.zeros([1, 3, 2]) })).toThrow('expecting static_k.size(0) of 4')
  })
})
