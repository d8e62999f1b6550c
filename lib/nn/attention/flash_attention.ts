/**
 * Other implementations of flash attention: whoever has one registers a function that puts it in place.
 * https://docs.pytorch.org/docs/stable/nn.attention.html
 */
import { typeName } from '../../_C/args.js'
import { valueError, warn } from '../../_C/raise.js'

/** What puts an implementation in place returns: `remove` takes it away again. */
export interface FlashAttentionHandle {
  remove(): void
}

type Register = () => FlashAttentionHandle | null | undefined

const implementations = new Map<string, Register>()
let active: { name: string; handle: FlashAttentionHandle } | null = null

/** Says what `activate_flash_attention_impl(impl)` is to call. */
export function register_flash_attention_impl(impl: string, keywords: { register_fn: Register }): void {
  if (typeof keywords?.register_fn !== 'function')
    throw new TypeError(`register_fn must be a function, not ${typeName(keywords?.register_fn)}`)
  implementations.set(impl, keywords.register_fn)
}

/**
 * Puts a registered implementation in place, instead of the one before.
 *
 * @throws ValueError when there is none of that name.
 */
export function activate_flash_attention_impl(impl: string): void {
  if (active !== null) restore_flash_attention_impl()
  const register = implementations.get(impl)
  if (!register)
    throw valueError(
      `Unknown flash attention impl '${impl}'. Available implementations: [${list_flash_attention_impls().join(', ')}]`,
    )
  const handle = register()
  if (handle) active = { name: impl, handle }
}

/** The names of the registered implementations, sorted. */
export function list_flash_attention_impls(): string[] {
  return [...implementations.keys()].sort()
}

/** The implementation in place; null for LibTorch's own. */
export function current_flash_attention_impl(): string | null {
  return active?.name ?? null
}

/** Takes the implementation in place away: back to LibTorch's own. */
export function restore_flash_attention_impl(): void {
  if (active === null) warn('Trying to restore default FA2 impl when no custom impl was activated')
  active?.handle.remove()
  active = null
}
