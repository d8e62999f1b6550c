import { typeName } from '../../_C/args.js'
import { native } from '../../_C/native.js'
import { runtimeError } from '../../_C/raise.js'
import { cat } from '../../_generated/torch.js'
import type { Tensor } from '../../tensor.js'

function onOneDevice(parameters: Iterable<Tensor>): Tensor[] {
  const list = [...parameters]
  const first = list[0]?.device.toString()
  if (list.some(parameter => parameter.device.toString() !== first))
    throw new TypeError('Found two parameters on different devices, this is currently not supported.')
  return list
}

/**
 * All parameters one after the other in one vector, of shape `[sum of their numels]`; differentiable.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parameters_to_vector.html
 */
export function parameters_to_vector(parameters: Iterable<Tensor>): Tensor {
  return cat(onOneDevice(parameters).map(parameter => parameter.view([-1])))
}

/**
 * Makes the parts of `vec` the memory of the parameters, in order. The parameters share memory with `vec` from then on.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.vector_to_parameters.html
 */
export function vector_to_parameters(vec: Tensor, parameters: Iterable<Tensor>): void {
  if (!native.isTensor(vec)) throw new TypeError(`expected torch.Tensor, but got: ${typeName(vec)}`)
  const list = onOneDevice(parameters)
  const needed = list.reduce((sum, parameter) => sum + parameter.numel(), 0)
  if (native.numel(vec) < needed)
    throw runtimeError(`the parameters have ${needed} elements, but the vector has ${native.numel(vec)}`)
  let start = 0
  for (const parameter of list) {
    const count = parameter.numel()
    parameter.data = vec.narrow(0, start, count).view_as(parameter).data
    start += count
  }
}
