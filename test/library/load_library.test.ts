import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageRoot, searchLibTorch } from '#lib/_C/libtorch.js'

const { ops } = torch
const libtorch = searchLibTorch().found?.folder ?? ''
const compiler = [process.env.CXX, 'c++', 'g++'].find(
  name => name && spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
)
const hasHeaders = existsSync(join(libtorch, 'include', 'torch', 'library.h'))

/** The results of the library's `gather`. */
type Gathered = [total: torch.Tensor, scaled: torch.Tensor[], text: string, count: number] & {
  total: torch.Tensor
  text: string
}

describe.skipIf(!compiler || !hasHeaders)('torch.ops.load_library', () => {
  const folder = mkdtempSync(join(tmpdir(), 'torch-node-'))
  const path = join(folder, 'libcustom.so')

  beforeAll(() => {
    const source = join(packageRoot, 'test', 'support', 'custom_operators.cc')
    const include = ['', 'torch/csrc/api/include'].flatMap(part => ['-isystem', join(libtorch, 'include', part)])
    const linked = ['-L', join(libtorch, 'lib'), '-ltorch_cpu', '-lc10']
    execFileSync(compiler!, ['-std=c++20', '-fPIC', '-shared', '-O0', ...include, source, '-o', path, ...linked])
    expect(ops.torch_node_test!.square).toBeUndefined()
    ops.load_library(path)
  }, 600_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  it('makes the operators known', () => {
    expect([...ops.loaded_libraries]).toEqual([path])
    expect(ops.torch_node_test!.square!.default!.schema).toBe('torch_node_test::square(Tensor x) -> Tensor')
    ops.load_library(path)
    expect(ops.torch_node_test!.square!(torch.tensor([3])).item()).toBe(9)
  })

  it('takes lists, optionals, strings, and gives several results', () => {
    const { gather } = ops.torch_node_test!
    const [a, b] = [torch.tensor([1, 2]), torch.tensor([3, 4])]
    const plain = gather!<Gathered>([a, b])
    expect(plain.total.tolist()).toEqual([4, 6])
    expect(plain.slice(1)).toEqual([[], '- [1, 1] 0', 2])
    const full = gather!<Gathered>([a, b], torch.tensor([10]), [0.5, 2], [3, 4], 'product', 'é', [true, false], {
      add: 0.5,
      dtype: torch.float64,
    })
    expect(full.total.dtype).toBe(torch.float64)
    expect(full.total.tolist()).toEqual([13.5, 18.5])
    expect(full[1].map(t => t.tolist())).toEqual([
      [0.5, 1],
      [2, 4],
    ])
    expect(full.text).toBe('é [3, 4] 2')
    expect(gather!<Gathered>({ parts: [a], sizes: 7, bias: null, label: 'x' }).text).toBe('x [7, 7] 0')
    expect(ops.torch_node_test!.maybe!(a, false)).toBeNull()
    expect(ops.torch_node_test!.maybe!(a, true).tolist()).toEqual([2, 3])
    expect(ops.torch_node_test!.bump_!(a)).toBe(a)
    expect(a.tolist()).toEqual([2, 3])
  })

  it('throws what the operators throw, and refuses wrong arguments', () => {
    const { gather } = ops.torch_node_test!
    const x = torch.ones(1)
    expect(() => gather!([x], { mode: 'other' })).toThrow(torch.ValueError)
    expect(() => gather!([])).toThrow('gather: there are no parts')
    expect(() => gather!(x)).toThrow(TypeError)
    expect(() => gather!([x], { nothing: 1 })).toThrow("unexpected keyword argument 'nothing'")
    expect(() => gather!([x], x, ['a'])).toThrow(TypeError)
  })

  it('records operators that are made of differentiable ones, and takes kernels of JavaScript', () => {
    const x = torch.tensor([3], { requires_grad: true })
    ops.torch_node_test!.square!(x).sum().backward()
    expect(x.grad!.item()).toBe(6)
    const lib = new torch.library.Library('torch_node_test', 'IMPL')
    lib.impl('square', (t: torch.Tensor) => t.mul(-1), 'CPU')
    expect(torch.no_grad(() => ops.torch_node_test!.square!(x)).item()).toBe(-3)
    lib._destroy()
    expect(torch.no_grad(() => ops.torch_node_test!.square!(x)).item()).toBe(9)
  })
})
