/** Which function does the work of a functional for which type: torchvision's registry of kernels. */
import { type Args, type Parameter, signature, typeName } from '../../../../_C/args.js'
import { ValueError } from '../../../../_C/errors.js'
import { scope } from '../../../../memory.js'
import { Tensor } from '../../../../tensor.js'
import { Image as Picture } from '../../../image.js'
import * as tv_tensors from '../../../tv_tensors/index.js'

/** What transforms change: pictures, plain tensors and tv_tensors. */
export type Input = Picture | Tensor

/** A class whose instances a kernel takes. */
export interface InputType {
  readonly prototype: Input
  readonly name: string
}

/** Does the work of a functional for one type. */
export type Kernel = (...args: never) => unknown

type AnyKernel = (inpt: unknown, ...args: unknown[]) => unknown

const registry = new Map<Kernel, Map<unknown, AnyKernel>>()

/** True for a tensor that is no tv_tensor. */
export function is_pure_tensor(inpt: unknown): boolean {
  return inpt instanceof Tensor && !(inpt instanceof tv_tensors.TVTensor)
}

/** The plain tensor that a tv_tensor is. @internal */
export function plain(inpt: Tensor): Tensor {
  return inpt instanceof tv_tensors.TVTensor ? inpt.as_subclass(Tensor) : inpt
}

/**
 * Sets what `functional` does with `type`. A kernel for a tv_tensor gets a plain tensor, and its result becomes the class
 * again with what the input knew, unless `wrapped` is false; that of a list becomes a list of them.
 *
 * @throws {ValueError} when there is one already
 */
export function registerKernel(functional: Kernel, type: InputType, kernel: Kernel, wrapped = true): void {
  const kernels = registry.get(functional) ?? new Map<unknown, AnyKernel>()
  registry.set(functional, kernels)
  if (kernels.has(type))
    throw new ValueError(`Functional ${functional.name} already has a kernel registered for type ${type.name}.`)
  const own = kernel as AnyKernel
  const isTVTensor = type.prototype instanceof tv_tensors.TVTensor
  kernels.set(type, isTVTensor && wrapped ? (inpt, ...args) => onPlain(own, inpt as Tensor, args) : own)
}

function onPlain(kernel: AnyKernel, inpt: Tensor, args: unknown[]): unknown {
  const output = kernel(inpt.as_subclass(Tensor), ...args)
  const wrap = (tensor: Tensor) => tv_tensors.wrap(tensor, { like: inpt })
  return Array.isArray(output) ? (output as Tensor[]).map(wrap) : wrap(output as Tensor)
}

/**
 * What `functional` does with the type of `inpt`, or of a class that it extends.
 *
 * @throws {TypeError} for a type without one, unless `passThrough`: then a function that gives back its input
 */
export function getKernel(functional: Kernel, inpt: unknown, passThrough = false): AnyKernel {
  const kernels = registry.get(functional)
  if (!kernels) throw new ValueError(`No kernel registered for functional ${functional.name}.`)
  const isObject = typeof inpt === 'object' && inpt !== null
  for (let p = isObject ? Object.getPrototypeOf(inpt) : null; p; p = Object.getPrototypeOf(p)) {
    const type = (p as object).constructor
    const kernel = kernels.get(type)
    if (kernel) return kernel
    // A tv_tensor of somebody's own is not for the kernels of plain tensors.
    if (type === tv_tensors.TVTensor) break
  }
  if (passThrough) return value => value
  const supported = [...kernels.keys()].map(type => (type as InputType).name).join(', ')
  throw new TypeError(
    `Functional F.${functional.name} supports inputs of type ${supported}, but got ${typeName(inpt)} instead.`,
  )
}

/** A functional whose result is of the type of its first argument; the others by position or by keyword. */
export type Functional<Req extends unknown[], Opt extends unknown[], K extends object> = <T extends Input>(
  inpt: T,
  ...args: Args<Req, Opt, K>
) => T

/** The functional that calls the kernel registered for it with every argument by position; `parameters` as of `signature`. */
export function dispatcher<Req extends unknown[], Opt extends unknown[], K extends object>(
  name: string,
  ...parameters: Parameter[]
): Functional<Req, Opt, K> {
  const bind = signature<Record<string, unknown>>(name, ...parameters)
  const functional = (inpt: unknown, ...args: unknown[]): unknown =>
    getKernel(functional, inpt)(inpt, ...Object.values(bind(args)))
  Object.defineProperty(functional, 'name', { value: name })
  return functional as Functional<Req, Opt, K>
}

/**
 * Sets what a functional does with a tv_tensor class of your own: `register_kernel(F.resize, MyTensor)(kernel)`. The kernel
 * gets every argument of the functional by position.
 */
export function register_kernel(functional: Kernel, tv_tensor_cls: InputType): <F extends Kernel>(kernel: F) => F {
  if (!registry.has(functional))
    throw new ValueError(
      'Kernels can only be registered on functionals from the torchvision.transforms.v2.functional namespace, ' +
        `but got ${typeof functional === 'function' ? functional.name : typeName(functional)}.`,
    )
  if (!(tv_tensor_cls?.prototype instanceof tv_tensors.TVTensor))
    throw new ValueError('Kernels can only be registered for subclasses of torchvision.tv_tensors.TVTensor.')
  if ((Object.values(tv_tensors) as unknown[]).includes(tv_tensor_cls))
    throw new ValueError(
      `Kernels cannot be registered for the builtin tv_tensor classes, but got ${tv_tensor_cls.name}`,
    )
  return kernel => {
    registerKernel(functional, tv_tensor_cls, kernel, false)
    return kernel
  }
}

interface Kernels {
  /** Of tensors and `tv_tensors.Image`. */
  image: Kernel
  /** Of pictures. */
  picture?: Kernel
  /** Of `tv_tensors.Video`; default that of images. False where videos stay as they are. */
  video?: Kernel | false
}

/** Sets what a functional does with images, pictures and videos. */
export function registerImageKernels(functional: Kernel, { image, picture, video = image }: Kernels): void {
  registerKernel(functional, Tensor, image)
  registerKernel(functional, tv_tensors.Image, image)
  if (video) registerKernel(functional, tv_tensors.Video, video)
  if (picture) registerKernel(functional, Picture, picture)
}

/** The kernel in a scope of memory: what it made on the way is used again at once. */
export function scoped<A extends unknown[]>(kernel: (...args: A) => Tensor): (...args: A) => Tensor {
  return (...args) => scope(() => kernel(...args))
}
