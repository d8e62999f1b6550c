import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'
import { warningThatStarts } from '../support/warnings.js'

const { detect_anomaly, set_detect_anomaly } = torch.autograd

describe('anomaly mode', () => {
  it('refuses a NaN in backward and names the line of the forward call', async () => {
    const x = torch.tensor([-1], { requires_grad: true })
    const warning = warningThatStarts('Error detected in SqrtBackward0. Traceback of forward call')
    function theCulprit() {
      return x.sqrt()
    }
    detect_anomaly(() => {
      expect(() => theCulprit().backward()).toThrow("Function 'SqrtBackward0' returned nan values in its 0th output.")
    })
    expect((await warning).message).toMatch(/theCulprit.*anomaly_mode\.test\.ts:\d+/)
  })

  it('tells of the call that the failing second derivative comes from', async () => {
    const x = torch.tensor([0], { requires_grad: true })
    const warning = warningThatStarts('Error detected in PowBackward0')
    detect_anomaly(() => {
      const [first] = torch.autograd.grad(x.pow(1.5), x, { create_graph: true })
      expect(() => first!.mul(0).pow(0.5).mul(0).backward()).toThrow('returned nan values')
    })
    expect((await warning).message).toContain('Traceback of forward call')
  })

  it('is left when the block ends, and can leave NaNs alone', () => {
    const x = torch.tensor([-1], { requires_grad: true })
    expect(torch.is_anomaly_enabled()).toBe(false)
    detect_anomaly({ check_nan: false }, () => {
      expect([torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()]).toEqual([true, false])
      x.sqrt().backward()
    })
    expect(torch.is_anomaly_enabled()).toBe(false)
    set_detect_anomaly(true)
    expect(torch.is_anomaly_enabled()).toBe(true)
    set_detect_anomaly(false)
    expect(torch.is_anomaly_enabled()).toBe(false)
    {
      using _ = detect_anomaly()
      expect(torch.is_anomaly_enabled()).toBe(true)
    }
    expect(torch.is_anomaly_enabled()).toBe(false)
    expect(() => set_detect_anomaly('yes' as never)).toThrow(TypeError)
  })
})
