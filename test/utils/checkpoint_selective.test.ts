import * as torch from 'torch-node'
import { utils } from 'torch-node'
import { describe, expect, it } from 'vitest'

const { checkpoint, create_selective_checkpoint_contexts, CheckpointPolicy, SAC_IGNORED_OPS } = utils.checkpoint
const { aten } = torch.ops
type Tensor = torch.Tensor
type Contexts = ReturnType<typeof utils.checkpoint.noop_context_fn>

const matrix = () => torch.arange(4).to(torch.float32).view(2, 2).add(1).div(4).requires_grad_()
const f = (x: Tensor, y: Tensor) => torch.sigmoid(x.matmul(y).matmul(y)).mul(y)

/** Which operators run in backward, below autograd. */
function again(context_fn: () => Contexts, fn: (x: Tensor, y: Tensor) => Tensor = f): string[] {
  const [x, y] = [matrix(), matrix()]
  const seen: string[] = []
  let recomputing = false
  const watched = (): Contexts => {
    const [forward, recompute] = context_fn()
    return [
      forward,
      run =>
        recompute(() => {
          recomputing = true
          return run()
        }),
    ]
  }
  const counting = (a: Tensor, b: Tensor) => {
    if (recomputing) seen.push('run')
    return fn(a, b)
  }
  const out = checkpoint(counting, x, y, { use_reentrant: false, context_fn: watched })
  out.sum().backward()
  const [p, q] = [matrix(), matrix()]
  fn(p, q).sum().backward()
  expect(x.grad!.equal(p.grad!)).toBe(true)
  expect(y.grad!.equal(q.grad!)).toBe(true)
  return seen
}

describe('create_selective_checkpoint_contexts', () => {
  it('gives the gradients of the plain computation, whatever is kept', () => {
    for (const kept of [[], [aten!.mm!.default!], [aten!.mm!.default!, aten!.sigmoid!.default!, aten!.mul!.Tensor!]])
      expect(again(() => create_selective_checkpoint_contexts(kept))).toEqual(['run'])
    expect(again(() => create_selective_checkpoint_contexts(() => true))).toEqual(['run'])
  })

  it('keeps what the policy says, and does not compute it again', () => {
    const asked: string[] = []
    let outputs = 0
    const policy: utils.checkpoint.PolicyFn = (ctx, op, ...args) => {
      asked.push(op.name())
      expect(ctx.is_recompute).toBe(false)
      expect(torch.is_tensor(ctx.op_output)).toBe(true)
      if (op === aten!.mm!.default) expect(args.every(torch.is_tensor)).toBe(true)
      return op === aten!.rand_like!.default ? CheckpointPolicy.MUST_SAVE : CheckpointPolicy.PREFER_RECOMPUTE
    }
    // Without its random numbers, the second computation has those of the first only if they were kept.
    const noisy = (x: Tensor) => {
      outputs++
      return x.mul(torch.rand_like(x.detach()))
    }
    const x = matrix()
    const context_fn = () => create_selective_checkpoint_contexts(policy)
    const y = checkpoint(noisy, x, { use_reentrant: false, context_fn, preserve_rng_state: false })
    y.sum().backward()
    expect(outputs).toBe(2)
    expect(x.grad!.mul(x.detach()).allclose(y.detach())).toBe(true)
    expect(asked).toEqual(['aten::rand_like', 'aten::mul.Tensor'])
  })

  it('refuses a second backward, and results that were changed', () => {
    const context_fn = () => create_selective_checkpoint_contexts([aten!.sin!.default!])
    const x = matrix()
    const y = checkpoint((t: Tensor) => t.sin().exp(), x, { use_reentrant: false, context_fn }).sum()
    y.backward({ retain_graph: true })
    expect(() => y.backward()).toThrow('backward an extra time')
    const changes = (t: Tensor) => t.sin().mul_(2).cos()
    const run = (allow: boolean) =>
      checkpoint(changes, x, {
        use_reentrant: false,
        context_fn: () => create_selective_checkpoint_contexts([aten!.sin!.default!], allow),
      })
        .sum()
        .backward()
    expect(() => run(false)).toThrow('has been mutated')
    expect(() => run(true)).not.toThrow()
  })

  it('notices a computation that differs', () => {
    let runs = 0
    const moody = (t: Tensor) => (runs++ === 0 ? t.sin().exp() : t.cos().exp())
    const context_fn = () => create_selective_checkpoint_contexts([aten!.sin!.default!])
    expect(() => checkpoint(moody, matrix(), { use_reentrant: false, context_fn }).sum().backward()).toThrow(
      'aten::cos encountered during backward but not found in storage',
    )
  })

  it('takes operators by overload', () => {
    expect(() => create_selective_checkpoint_contexts([aten!.mm as never])).toThrow('Name one overload')
    expect(() => create_selective_checkpoint_contexts(1 as never)).toThrow(TypeError)
    expect(SAC_IGNORED_OPS.has(aten!.detach!.default!)).toBe(true)
  })
})
