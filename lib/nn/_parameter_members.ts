import { typeName } from '../_C/args.js'
import { native } from '../_C/native.js'
import type { Tensor } from '../tensor.js'
import { Parameter } from './parameter.js'

/** `Parameter containing: [torch.float32 of size 2x3]`: a member of a ParameterList or ParameterDict. */
export function describeMember(value: unknown, kindOf: (t: Tensor) => string = t => String(t.dtype)): string {
  if (!native.isTensor(value)) return `Object of type: ${typeName(value)}`
  const t = value as Tensor
  const place = t.device.type === 'cuda' ? ` (${t.device})` : ''
  const kind = value instanceof Parameter ? 'Parameter' : 'Tensor'
  return `${kind} containing: [${kindOf(t)} of size ${t.shape.join('x')}${place}]`
}

/** A tensor as a parameter, anything else as it is. */
export function asParameter(value: unknown): unknown {
  return native.isTensor(value) && !(value instanceof Parameter) ? new Parameter(value as Tensor) : value
}
