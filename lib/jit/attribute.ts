/**
 * A module's attribute with the type that TorchScript sees it as, for `jit.script(module, source)`: what is not given so, a
 * module of TypeScript keeps for itself.
 *
 * ```ts
 * class Net extends nn.Module {
 *   names = new jit.Attribute([], 'List[str]')
 * }
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.Attribute.html
 */
export class Attribute<T = unknown> {
  constructor(
    readonly value: T,
    /** As annotations write it: `Dict[str, Tensor]`. */
    readonly type: string,
  ) {}
}
