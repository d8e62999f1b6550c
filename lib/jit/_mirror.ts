/** A module of TypeScript as one of TorchScript with the same parameters, buffers, `Attribute`s and children, and no methods yet. */
import { type NativeScript, native } from '../_C/native.js'
import { ownBuffers, ownChildren, ownParameters, recordOf } from '../nn/_module_state.js'
import type { AnyModule } from '../nn/module.js'
import { Attribute } from './attribute.js'

export function mirror(module: AnyModule): NativeScript {
  const made = new Map<AnyModule, NativeScript>()
  const make = (source: AnyModule, sibling: NativeScript | null): NativeScript => {
    const known = made.get(source)
    if (known) return known
    const script = native.scriptNewModule(`__torch__.${source._get_name().replace(/\W/g, '_') || 'Module'}`, sibling)
    made.set(source, script)
    native.scriptRegister(script, 'attribute', 'training', source.training)
    for (const [name, parameter] of ownParameters(source)) native.scriptRegister(script, 'parameter', name, parameter)
    for (const [name, buffer] of ownBuffers(source)) native.scriptRegister(script, 'buffer', name, buffer)
    for (const [name, attribute] of Object.entries(recordOf(source)))
      if (attribute instanceof Attribute)
        native.scriptRegister(script, 'attribute', name, attribute.value, attribute.type)
    for (const [name, child] of ownChildren(source))
      native.scriptRegister(script, 'module', name, make(child, sibling ?? script))
    return script
  }
  return make(module, null)
}
