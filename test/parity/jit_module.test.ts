/** A module that Python scripted: its parts, its text, its state, its modes and its file. */
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answers, writeScripts } from './jit_files.js'
import { python, runPython } from './python.js'

type Tensor = torch.Tensor
type Two = (x: Tensor) => [Tensor, Tensor]
type Net = torch.jit.ScriptModule<Two> & {
  conv: torch.jit.ScriptModule & { weight: Tensor; bias: Tensor }
  bn: torch.jit.ScriptModule & { running_mean: Tensor; num_batches_tracked: Tensor }
  blocks: torch.jit.ScriptModule & Record<string, torch.jit.ScriptModule>
  heads: torch.jit.ScriptModule & Record<string, torch.jit.ScriptModule & { weight: Tensor }>
  last: torch.jit.ScriptModule & Record<string, torch.jit.ScriptModule>
  scale: number
  names: string[]
  table: Record<string, number>
  shift: Tensor
  none: null
}

let folder = ''
let answers: Answers
let path = ''
let data: { x: Tensor; y: [Tensor, Tensor]; state: Record<string, Tensor> }
beforeAll(() => {
  if (!python) return
  ;({ folder, answers } = writeScripts())
  path = join(folder, 'net.pt')
  data = torch.load(join(folder, 'net_data.pt')) as typeof data
})
afterAll(() => {
  if (folder) rmSync(folder, { recursive: true })
})

const loadNet = (): Net => torch.jit.load<Two>(path) as Net
const same = (a: readonly Tensor[], b: readonly Tensor[]): boolean => a.every((t, i) => t.equal(b[i]!))

/** What Python gets from the file. */
function inPython(file: string): [Tensor, Tensor] {
  const out = join(folder, 'python.pt')
  runPython(
    `import sys, torch
torch.set_num_threads(1)
m = torch.jit.load(sys.argv[1])
torch.save(m(torch.load(sys.argv[2])['x']), sys.argv[3])`,
    { args: [file, join(folder, 'net_data.pt'), out] },
  )
  return torch.load(out) as [Tensor, Tensor]
}

describe.skipIf(!python)('modules of TorchScript', () => {
  test('a path, a URL, bytes of each kind and a promise load the same module', async () => {
    const bytes = readFileSync(path)
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    for (const source of [path, pathToFileURL(path), bytes, new Uint8Array(buffer), buffer]) {
      expect(same(torch.jit.load<Two>(source)(data.x), data.y)).toBe(true)
      expect(same((await torch.jit.loadAsync<Two>(source))(data.x), data.y)).toBe(true)
    }
    // A view into larger memory is read from its own beginning.
    const larger = new Uint8Array(bytes.length + 16)
    larger.set(bytes, 16)
    expect(same(torch.jit.load<Two>(larger.subarray(16))(data.x), data.y)).toBe(true)
  })

  test('map_location takes text, a device and keywords', () => {
    for (const where of ['cpu', new torch.device('cpu'), { map_location: 'cpu' }, null] as const)
      expect(String(torch.jit.load(path, where).parameters()[0]!.device)).toBe('cpu')
    expect(() => torch.jit.load(path, 'nowhere' as 'cpu')).toThrow(/nowhere/)
    expect(String(torch.jit.load(path, 'meta').parameters()[0]!.device)).toBe('meta')
  })

  test('extra files are bytes', async () => {
    const extra: Record<string, string | Uint8Array> = { 'meta.txt': '', raw: '', missing: '' }
    torch.jit.load(path, { _extra_files: extra })
    expect(Buffer.from(extra['meta.txt'] as Uint8Array).toString()).toBe('hallo ä')
    expect([...(extra.raw as Uint8Array)]).toEqual([0, 255, 128])
    expect(extra.missing).toHaveLength(0)
    const again: Record<string, string | Uint8Array> = { raw: '' }
    await torch.jit.loadAsync(readFileSync(path), { _extra_files: again })
    expect([...(again.raw as Uint8Array)]).toEqual([0, 255, 128])
  })

  test('what it prints and tells of itself is Python’s', () => {
    const net = loadNet()
    expect(String(net)).toBe(answers.loaded.str)
    expect(net.code).toBe(answers.loaded.code)
    expect(net.graph).toBe(answers.loaded.graph)
    expect(net.inlined_graph).toContain('aten::conv2d')
    expect(net.original_name).toBe(answers.net.original_name)
    expect(net.named_parameters().map(([name]) => name)).toEqual(answers.net.parameters)
    expect(net.named_buffers().map(([name]) => name)).toEqual(answers.net.buffers)
    expect(net.named_modules().map(([name]) => name)).toEqual(answers.net.modules)
    expect(Object.keys(net.state_dict())).toEqual(answers.net.state)
  })

  test('attributes are read and written, and only as their types allow', () => {
    const net = loadNet()
    expect([net.scale, net.names, { ...net.table }, net.none]).toEqual([2.5, ['a', 'b'], { one: 1 }, null])
    const before = net(data.x)[0].sub(net.shift)
    net.scale = 5
    expect(net.scale).toBe(5)
    expect(net(data.x)[0].sub(net.shift).allclose(before.mul(2))).toBe(true)
    net.names = ['c']
    expect(net.names).toEqual(['c'])
    net.table = { two: 2 }
    expect({ ...net.table }).toEqual({ two: 2 })
    expect(() => {
      net.scale = 'much' as unknown as number
    }).toThrow(TypeError)
    expect(() => {
      net.names = [1] as unknown as string[]
    }).toThrow(TypeError)
    expect(net.scale).toBe(5)
  })

  test('children are modules: those of lists, dictionaries and sequences too', () => {
    const net = loadNet()
    expect(net.conv).toBe(net.conv)
    expect(net.blocks['0']!.forward(torch.ones(1, 4))).toBeInstanceOf(torch.Tensor)
    const x = torch.randn(2, 4)
    const head = net.heads.a!
    expect(head(x).shape).toEqual([2, 2])
    expect(net.last['0']!(x).equal(x.relu())).toBe(true)
    expect(net.blocks.children()).toHaveLength(2)
    expect([...net.heads.named_children().map(([name]) => name)]).toEqual(['a', 'b'])
    expect(net.get_submodule('heads.b')).toBe(net.heads.b)
    // A child of the same type can take another's place.
    const [one, two] = [net.blocks['0']!, net.blocks['1']!]
    net.blocks['0'] = two
    expect(net.blocks['0']!(x).equal(two(x))).toBe(true)
    net.blocks['0'] = one
    expect(() => {
      net.conv = net.bn as unknown as Net['conv']
    }).toThrow(TypeError)
  })

  test('parameters and buffers are the same objects each time, and shared with TorchScript', () => {
    const net = loadNet()
    expect(net.conv.weight).toBe(net.conv.weight)
    expect(net.conv.weight).toBeInstanceOf(torch.nn.Parameter)
    expect(net.parameters()[0]).toBe(net.conv.weight)
    expect(net.bn.running_mean).toBe(net.bn.running_mean)
    const before = net(data.x)[1]
    torch.no_grad(() => net.heads.b!.weight.mul_(2))
    expect(net(data.x)[1].equal(before)).toBe(false)
  })

  test('train and eval reach every child, and batch norm counts', () => {
    const net = loadNet()
    expect([net.training, net.bn.training, net.last['1']!.training]).toEqual([false, false, false])
    expect(net.train()).toBe(net)
    expect([net.training, net.bn.training, net.last['1']!.training]).toEqual([true, true, true])
    const count = net.bn.num_batches_tracked.item() as number
    net(data.x)
    expect(net.bn.num_batches_tracked.item()).toBe(count + 1)
    net.last.eval()
    expect([net.bn.training, net.last['1']!.training]).toEqual([true, false])
    net.eval()
    expect(net.bn.training).toBe(false)
  })

  test('dtypes and devices change in place', () => {
    const net = loadNet()
    const weight = net.conv.weight
    net.double()
    expect(weight.dtype).toBe(torch.float64)
    expect(net.conv.weight).toBe(weight)
    expect(net(data.x.double())[0].dtype).toBe(torch.float64)
    expect(net.bn.num_batches_tracked.dtype).toBe(torch.int64)
    net.to({ dtype: torch.bfloat16 })
    expect(net.bn.running_mean.dtype).toBe(torch.bfloat16)
    // Python's attribute of this name hides behind the method, as there.
    net.half()
    expect(net.conv.weight.dtype).toBe(torch.float16)
    net.float()
    const meta = loadNet().to('meta')
    expect(String(meta.conv.weight.device)).toBe('meta')
    expect(String(meta.bn.running_mean.device)).toBe('meta')
    meta.to_empty({ device: 'cpu' })
    meta.load_state_dict(data.state)
    expect(same(meta(data.x), data.y)).toBe(true)
  })

  test('state dicts go both ways', () => {
    const net = loadNet()
    const state = net.state_dict()
    for (const [name, tensor] of Object.entries(data.state)) expect(state[name]!.equal(tensor), name).toBe(true)
    const other = loadNet()
    for (const p of other.parameters()) torch.no_grad(() => p.zero_())
    expect(same(other(data.x), data.y)).toBe(false)
    expect(String(other.load_state_dict(state))).toBe('<All keys matched successfully>')
    expect(same(other(data.x), data.y)).toBe(true)
    const { shift, ...less } = state
    expect(shift!.tolist()).toEqual([1, 1])
    expect(() => other.load_state_dict(less)).toThrow(/shift/)
  })

  test('hooks run around the call, and a module of ours may hold one of TorchScript', () => {
    const net = loadNet()
    const seen: string[] = []
    const pre = net.register_forward_pre_hook((_module, args) => {
      seen.push(`pre ${args.length}`)
    })
    const post = net.register_forward_hook((_module, _args, out) => {
      seen.push('post')
      return [out[0], out[0]] as [Tensor, Tensor]
    })
    const [a, b] = net(data.x)
    expect(a === b).toBe(true)
    expect(seen).toEqual(['pre 1', 'post'])
    pre.remove()
    post.remove()
    class Outer extends torch.nn.Module {
      inner = net
      fc = new torch.nn.Linear(2, 2)
      forward(x: Tensor): Tensor {
        return this.fc(this.inner(x)[0])
      }
    }
    const outer = new Outer()
    expect(Object.keys(outer.state_dict())).toContain('inner.blocks.1.weight')
    expect(outer.parameters()).toHaveLength(net.parameters().length + 2)
    outer(data.x).sum().backward()
    expect(net.conv.weight.grad).not.toBeNull()
    outer.train()
    expect(net.bn.training).toBe(true)
    const copy = torch.nn.deepcopy(outer)
    expect(copy.inner).toBeInstanceOf(torch.jit.ScriptModule)
    expect(copy.inner.conv.weight === net.conv.weight).toBe(false)
    expect(copy.inner.conv.weight.equal(net.conv.weight)).toBe(true)
  })

  test('requires_grad_ and zero_grad', () => {
    const net = loadNet()
    net.requires_grad_(false)
    expect(net.parameters().some(p => p.requires_grad)).toBe(false)
    expect(net(data.x)[0].requires_grad).toBe(false)
    net.requires_grad_()
    net(data.x)[0].sum().backward()
    expect(net.conv.weight.grad).not.toBeNull()
    net.zero_grad()
    expect(net.conv.weight.grad).toBeNull()
  })

  test('deepcopy is a module of its own', () => {
    const net = loadNet()
    const copy = torch.nn.deepcopy(net)
    expect(copy).toBeInstanceOf(torch.jit.ScriptModule)
    expect(same(copy(data.x), data.y)).toBe(true)
    torch.no_grad(() => copy.conv.weight.zero_())
    copy.scale = 1
    expect(same(net(data.x), data.y)).toBe(true)
  })

  test('what is saved here runs in Python, and carries extra files', () => {
    const net = loadNet()
    torch.no_grad(() => net.conv.weight.mul_(1.5))
    net.scale = 0.5
    const mine = net(data.x)
    const out = join(folder, 'saved.pt')
    torch.jit.save(net, out, { _extra_files: { 'a.txt': 'ä', b: new Uint8Array([0, 254]) } })
    expect(same(inPython(out), mine)).toBe(true)
    net.save(pathToFileURL(join(folder, 'url.pt')))
    expect(same(torch.jit.load<Two>(join(folder, 'url.pt'))(data.x), mine)).toBe(true)
    const bytes = net.save_to_buffer({ _extra_files: { c: 'c' } })
    const extra: Record<string, string | Uint8Array> = { c: '' }
    expect(same(torch.jit.load<Two>(bytes, { _extra_files: extra })(data.x), mine)).toBe(true)
    expect(Buffer.from(extra.c as Uint8Array).toString()).toBe('c')
    const told = runPython(
      `import sys, torch
extra = {'a.txt': '', 'b': ''}
torch.jit.load(sys.argv[1], _extra_files=extra)
print(extra)`,
      { args: [out] },
    )
    expect(told.trim()).toBe(String.raw`{'a.txt': b'\xc3\xa4', 'b': b'\x00\xfe'}`)
  })

  test('a save that fails leaves the old file', () => {
    const out = join(folder, 'atomic.pt')
    copyFileSync(path, out)
    const net = loadNet()
    expect(() => net.save(out, { _extra_files: { x: 5 as unknown as string } })).toThrow(TypeError)
    expect(readFileSync(out).equals(readFileSync(path))).toBe(true)
    expect(() => net.save(join(folder, 'no', 'such', 'folder.pt'))).toThrow()
  })

  test('freeze is Python’s, and what is preserved stays', () => {
    const net = loadNet()
    const frozen = torch.jit.freeze(net) as Net
    expect(frozen.code).toBe(answers.frozen.code)
    expect(same(frozen(data.x), data.y)).toBe(true)
    expect(frozen.parameters()).toHaveLength(0)
    const kept = torch.jit.freeze(net, ['scale']) as Net
    expect(kept.scale).toBe(2.5)
    expect(same(kept(data.x), data.y)).toBe(true)
    expect(() => torch.jit.freeze(net.train())).toThrow(/eval/)
    expect(() => torch.jit.freeze(loadNet(), ['nothing'])).toThrow(/nothing/)
    expect(() => torch.jit.freeze(new torch.nn.Linear(1, 1) as never)).toThrow(/ScriptModule/)
    const optimized = torch.jit.optimize_for_inference(loadNet()) as Net
    expect(optimized(data.x)[0].allclose(data.y[0], { atol: 1e-5 })).toBe(true)
    expect(torch.jit.optimize_for_inference(torch.jit.freeze(loadNet()))).toBeInstanceOf(torch.jit.ScriptModule)
  })

  test('a state that goes in and out gives Python’s outputs', async () => {
    const told = torch.load(join(folder, 'state_data.pt')) as {
      chunks: Tensor
      outs: Tensor[]
      carried: [Tensor, Tensor]
    }
    const threads = torch.get_num_threads()
    torch.set_num_threads(1)
    const lstm = torch.jit.load<(x: Tensor, state: [Tensor, Tensor] | null) => [Tensor, [Tensor, Tensor]]>(
      join(folder, 'state.pt'),
    )
    let [carried, asyncCarried]: ([Tensor, Tensor] | null)[] = [null, null]
    for (const [i, chunk] of told.chunks.unbind().entries()) {
      const [y, next] = torch.no_grad(() => lstm(chunk, carried))
      const [z, other] = await torch.no_grad(async () => await lstm.forwardAsync(chunk, asyncCarried))
      expect(y.equal(told.outs[i]!)).toBe(true)
      expect(z.equal(y)).toBe(true)
      carried = next
      asyncCarried = other
    }
    expect(same(carried!, told.carried)).toBe(true)
    torch.set_num_threads(threads)
  })
})
