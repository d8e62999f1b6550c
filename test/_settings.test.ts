import * as torch from 'torch-node'
import { afterEach, describe, expect, it } from 'vitest'

describe('determinism', () => {
  afterEach(() => torch.set_deterministic_debug_mode(0))

  it('has a debug mode by number or name', () => {
    torch.set_deterministic_debug_mode('warn')
    expect([torch.get_deterministic_debug_mode(), torch.is_deterministic_algorithms_warn_only_enabled()]).toEqual([
      1,
      true,
    ])
    torch.set_deterministic_debug_mode(2)
    expect([torch.get_deterministic_debug_mode(), torch.are_deterministic_algorithms_enabled()]).toEqual([2, true])
    torch.use_deterministic_algorithms(true, { warn_only: true })
    expect(torch.get_deterministic_debug_mode()).toBe(1)
    torch.set_deterministic_debug_mode('default')
    expect(torch.get_deterministic_debug_mode()).toBe(0)
    expect(() => torch.set_deterministic_debug_mode('loud' as never)).toThrow('but got loud')
    expect(() => torch.set_deterministic_debug_mode(3 as never)).toThrow('expected 0, 1, or 2, but got 3')
    expect(() => torch.set_deterministic_debug_mode(null as never)).toThrow(TypeError)
  })
})

describe('settings of LibTorch', () => {
  it('precision of matrix products', () => {
    expect(torch.get_float32_matmul_precision()).toBe('highest')
    torch.set_float32_matmul_precision('medium')
    expect(torch.get_float32_matmul_precision()).toBe('medium')
    torch.set_float32_matmul_precision('highest')
    expect(torch.get_float32_matmul_precision()).toBe('highest')
    expect(() => torch.set_float32_matmul_precision(1 as never)).toThrow(TypeError)
  })

  it('denormal numbers', () => {
    const tiny = torch.tensor(1e-310, { dtype: torch.float64 })
    if (!torch.set_flush_denormal(true)) return
    const flushed = tiny.mul(1).item()
    torch.set_flush_denormal(false)
    expect([flushed, tiny.mul(1).item()]).toEqual([0, 1e-310])
    expect(() => torch.set_flush_denormal(1 as never)).toThrow(TypeError)
  })

  it('warnings that come each time', async () => {
    const texts: string[] = []
    const listen = (warning: Error) => texts.push(warning.message)
    process.on('warning', listen)
    const told = async () => {
      torch.ones(2).resize(1, 2)
      await new Promise(resolve => setImmediate(resolve))
      return texts.splice(0).length
    }
    await told()
    expect(await told()).toBe(0)
    torch.set_warn_always(true)
    expect([torch.is_warn_always_enabled(), await told()]).toEqual([true, 1])
    torch.set_warn_always(false)
    expect([torch.is_warn_always_enabled(), await told()]).toEqual([false, 0])
    process.off('warning', listen)
    expect(() => torch.set_warn_always('yes' as never)).toThrow(TypeError)
  })

  it('anomaly mode, threads, what LibTorch was built with', () => {
    torch.set_anomaly_enabled(true, false)
    expect([torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()]).toEqual([true, false])
    torch.set_anomaly_enabled(false)
    expect(torch.is_anomaly_enabled()).toBe(false)
    const threads = torch.get_num_threads()
    torch.init_num_threads()
    expect(torch.get_num_threads()).toBe(threads)
    expect(torch.has_mkldnn).toBe(/USE_MKLDNN=(1|ON)/.test(torch.__config__.show()))
    expect(torch.has_openmp).toBe(torch.__config__.show().includes('OpenMP'))
    expect(typeof torch.has_lapack && typeof torch.has_mkl && typeof torch.has_spectral).toBe('boolean')
  })
})

describe('devices', () => {
  it('get_device, get_device_module, cpu', () => {
    expect(torch.get_device(torch.zeros(1))).toBe(-1)
    expect(torch.get_device_module('cpu')).toBe(torch.cpu)
    expect(torch.get_device_module(new torch.device('cuda:0'))).toBe(torch.cuda)
    expect(torch.get_device_module()).toBe(torch.cuda.is_available() ? torch.cuda : torch.cpu)
    expect(() => torch.get_device_module('xpu')).toThrow("Device 'xpu' does not have a corresponding module")
    expect(() => torch.get_device_module(3 as never)).toThrow("Invalid value of device '3'")
    expect([torch.cpu.device_count(), torch.cpu.is_available(), torch.cpu.current_device()]).toEqual([1, true, 'cpu'])
  })
})

describe('typename', () => {
  it('names tensors as PyTorch does, other values by their class', () => {
    expect(torch.typename(torch.zeros(1, { dtype: torch.int64 }))).toBe('torch.LongTensor')
    expect(torch.typename(torch.FloatStorage())).toBe('torch.storage.TypedStorage')
    expect(torch.typename(torch.nn.Linear)).toBe('Linear')
    expect([3, 'a', [], null].map(torch.typename)).toEqual(['int', 'str', 'list', 'None'])
  })
})
