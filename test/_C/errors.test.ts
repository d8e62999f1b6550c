import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'
import { makeError } from '#lib/_C/errors.js'

function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return null
}

describe('errors of LibTorch', () => {
  it('are LinAlgErrors where a matrix is singular', () => {
    const singular = torch.zeros(2, 2)
    for (const call of [
      () => torch.linalg.inv(singular),
      () => singular.inverse(),
      () => torch.linalg.solve(singular, torch.ones(2, 1)),
      () => torch.linalg.cholesky(singular),
    ]) {
      const error = thrownBy(call)
      expect(error).toBeInstanceOf(torch.linalg.LinAlgError)
      expect(error).toBeInstanceOf(torch.TorchError)
      expect((error as torch.TorchError).code).toBe('ERR_TORCH_LINALG')
    }
  })

  it('have a class of their own for what accelerators report', () => {
    const error = makeError('ERR_TORCH_ACCELERATOR', 'CUDA error: device-side assert triggered', null, null)
    expect(error).toBeInstanceOf(torch.AcceleratorError)
    expect(error.name).toBe('AcceleratorError')
  })

  it("name kinds of tensors in users' words", () => {
    const weight = torch.ones(3, 2)
    expect(() => torch.nn.functional.embedding(torch.zeros(2), weight)).toThrow('but got torch.FloatTensor instead')
    expect(makeError('ERR_TORCH_RUNTIME', 'SparseCUDALongType, CPUBoolType', null, null).message).toBe(
      'torch.cuda.sparse.LongTensor, CPUBoolType',
    )
  })

  it('tell what is wrong with a call that has an out', () => {
    const x = torch.ones(2, 2)
    const cat = torch.cat as (...args: unknown[]) => unknown
    expect(() => cat(x, { out: x })).toThrow(
      "cat(): argument 'tensors' (position 1) must be list of Tensor, not Tensor",
    )
    expect(() => cat(x, { out: x })).toThrow('cat(list of Tensor tensors, int dim = ..., *, Tensor out)')
    const sort = torch.sort as (...args: unknown[]) => unknown
    expect(() => sort(x, { out: x })).toThrow(
      'sort(Tensor input, int dim = ..., bool descending = ..., *, list of Tensor[2] out)',
    )
    const view = x.view as (...args: unknown[]) => unknown
    expect(() => view.call(x, [4], { out: x })).toThrow('view(Tensor input, list of int size)')
  })
})
