import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

/** Runs a program in a process of its own, in which another thread drives every backward pass. */
function onEngineThread(program: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, TORCH_NODE_ENGINE_THREAD: '1' },
  }).trim()
}

it('calls hooks and custom functions when the engine runs on another thread', () => {
  const output = onEngineThread(`
    import torch from 'torch-node'
    class Double extends torch.autograd.Function {
      static forward(ctx, x) { ctx.save_for_backward(x); return x.mul(2) }
      static backward(ctx, grad) { return grad.mul(2).add(ctx.saved_tensors[0].mul(0)) }
    }
    const x = torch.ones(3, { requires_grad: true })
    x.register_hook(grad => grad.mul(10))
    Double.apply(x).sum().backward()
    console.log(JSON.stringify(x.grad.tolist()))
    const y = torch.ones(1, { requires_grad: true })
    y.register_hook(() => { throw new RangeError('mine') })
    try { y.mul(1).sum().backward() } catch (error) { console.log(error.name, error.message) }
    await x.mul(1).sum().backwardAsync()
    console.log(JSON.stringify(x.grad.tolist()))
  `)
  expect(output.split('\n')).toEqual(['[20,20,20]', 'RangeError mine', '[30,30,30]'])
})
