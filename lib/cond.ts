import { typeName } from './_C/args.js'
import { define } from './_C/callable.js'
import { native } from './_C/native.js'
import { runtimeError } from './_C/raise.js'
import type { Tensor } from './tensor.js'

/** Tensors, alone or in arrays and plain objects. */
type Operand = Tensor | readonly Operand[] | { readonly [key: string]: Operand }

function isOperand(value: unknown): boolean {
  if (native.isTensor(value)) return true
  if (Array.isArray(value)) return value.every(isOperand)
  const isDict = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  return isDict && Object.values(value).every(isOperand)
}

function run<A extends readonly Operand[], R>(
  pred: boolean | number | Tensor,
  true_fn: (...operands: A) => R,
  false_fn: (...operands: A) => R,
  operands?: A,
): R {
  const given = operands ?? ([] as unknown as A)
  const isTensor = native.isTensor(pred)
  if (!isTensor && typeof pred !== 'boolean' && typeof pred !== 'number')
    throw runtimeError(`Expected pred to be bool or tensor, but got ${typeName(pred)}.`)
  if (isTensor && (pred as Tensor).numel() !== 1)
    throw runtimeError(`Expected pred to be bool or single-element tensor, but got ${String(pred)}.`)
  if (typeof true_fn !== 'function' || typeof false_fn !== 'function')
    throw runtimeError('Expect both branches to be callable.')
  const operandList: unknown = given
  if (!Array.isArray(operandList) || !operandList.every(isOperand))
    throw runtimeError(
      `Expect operands to be a tuple of possibly nested dict/list/tuple that only consists of tensor leaves, but got ${typeName(operandList)}.`,
    )
  const holds = isTensor ? Boolean((pred as Tensor).item()) : Boolean(pred)
  return holds ? true_fn(...given) : false_fn(...given)
}

/** `cond`, by position and by keyword. */
interface Cond {
  <A extends readonly Operand[], R>(
    pred: boolean | number | Tensor,
    true_fn: (...operands: A) => R,
    false_fn: (...operands: A) => R,
    operands?: A,
  ): R
  <A extends readonly Operand[], R>(keywords: {
    pred: boolean | number | Tensor
    true_fn: (...operands: A) => R
    false_fn: (...operands: A) => R
    operands?: A
  }): R
}

/**
 * `true_fn(...operands)` where `pred`, a boolean or a tensor of one element, holds, else `false_fn(...operands)`; `operands`
 * is an array of tensors, or of arrays and plain objects of them. Tracers keep both branches; here the one is run.
 * https://docs.pytorch.org/docs/stable/generated/torch.cond.html
 */
export const cond = define('cond', ['pred', 'true_fn', 'false_fn', 'operands?'], run) as unknown as Cond
