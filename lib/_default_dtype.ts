import { typeName } from './_C/args.js'
import { native } from './_C/native.js'
import { dtype, dtypes } from './dtype.js'

/**
 * The floating-point dtype of new tensors whose data says no other; float32 at first.
 * https://docs.pytorch.org/docs/stable/generated/torch.get_default_dtype.html
 */
export function get_default_dtype(): dtype {
  return dtypes[native.getDefaultDtype()]!
}

/**
 * Sets the floating-point dtype of new tensors whose data says no other, for the whole process.
 * https://docs.pytorch.org/docs/stable/generated/torch.set_default_dtype.html
 */
export function set_default_dtype(d: dtype): void {
  if (!(d instanceof dtype)) throw new TypeError(`invalid dtype object: ${typeName(d)}`)
  if (!d.is_floating_point) throw new TypeError('only floating-point types are supported as the default type')
  native.setDefaultDtype(d.scalarType)
}
