import { type Args, signature } from '../../_C/args.js'
import { native } from '../../_C/native.js'
import { runtimeError, valueError } from '../../_C/raise.js'
import type { Tensor } from '../../tensor.js'
import type { RemovableHandle } from '../../utils/hooks.js'
import { recordOf } from '../_module_state.js'
import { withoutGrad } from '../_no_grad.js'
import { normalize } from '../functional/index.js'
import type { AnyModule } from '../module.js'
import { Parameter } from '../parameter.js'
import { asMatrix, outputDim, type SpectralKeywords } from './spectral_parametrization.js'

interface Entry {
  dim: number
  eps: number
  iterations: number
  handles: RemovableHandle[]
}

/** The weights of each module that are normalized. */
const entries = new WeakMap<AnyModule, Map<string, Entry>>()

const bind = signature<SpectralKeywords<AnyModule>>(
  'spectral_norm',
  'module',
  ['name', 'weight'],
  ['n_power_iterations', 1],
  ['eps', 1e-12],
  ['dim', null],
)

function computed(module: AnyModule, name: string, { dim, eps, iterations }: Entry, iterate: boolean): Tensor {
  const record = recordOf(module)
  const [weight, u, v] = [`${name}_orig`, `${name}_u`, `${name}_v`].map(key => record[key]) as [Tensor, Tensor, Tensor]
  const matrix = asMatrix(weight, dim)
  if (!iterate) return weight.div(u.dot(matrix.mv(v)))
  withoutGrad(() => {
    for (let i = 0; i < iterations; i++) {
      v.copy_(normalize(matrix.t().mv(u), { dim: 0, eps }))
      u.copy_(normalize(matrix.mv(v), { dim: 0, eps }))
    }
  })
  // Copies: backward through two calls needs both states.
  return weight.div(u.clone().dot(matrix.mv(v.clone())))
}

/**
 * Divides a weight, kept as `name_orig`, by its largest singular value before each call. PyTorch has replaced it by
 * `parametrizations.spectral_norm`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.spectral_norm.html
 */
export function spectral_norm<M extends AnyModule>(
  ...args: Args<
    [module: M],
    [name: string, n_power_iterations: number, eps: number, dim: number | null],
    SpectralKeywords<M>
  >
): M {
  const { module, name, n_power_iterations: iterations, eps, dim } = bind(args) as SpectralKeywords<M>
  const own = entries.get(module) ?? new Map<string, Entry>()
  if (own.has(name)) throw runtimeError(`Cannot register two spectral_norm hooks on the same parameter ${name}`)
  if (iterations <= 0)
    throw valueError(`Expected n_power_iterations to be positive, but got n_power_iterations=${iterations}`)
  const record = recordOf(module)
  const weight = record[name]
  if (!(weight instanceof Parameter))
    throw valueError(`\`SpectralNorm\` cannot be applied as parameter \`${name}\` is None`)
  const entry: Entry = { dim: dim ?? outputDim(module), eps, iterations, handles: [] }
  const start = (size: number) => normalize(weight.detach().new_empty([size]).normal_(0, 1), { dim: 0, eps })
  const [height, width] = asMatrix(weight.detach(), entry.dim).shape as [number, number]
  const [u, v] = [start(height), start(width)]
  delete record[name]
  module.register_parameter(`${name}_orig`, weight)
  record[name] = weight.data
  module.register_buffer(`${name}_u`, u)
  module.register_buffer(`${name}_v`, v)
  entry.handles.push(
    (module as AnyModule).register_forward_pre_hook(called => {
      recordOf(called)[name] = computed(called, name, entry, called.training)
    }),
    (module as AnyModule).register_state_dict_post_hook((_module, _state, _prefix, metadata) => {
      const noted = metadata as { spectral_norm?: Record<string, number> }
      noted.spectral_norm = { ...noted.spectral_norm, [`${name}.version`]: 1 }
    }),
  )
  entries.set(module, own.set(name, entry))
  return module
}

/**
 * Makes the normalized weight an ordinary parameter again.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.remove_spectral_norm.html
 */
export function remove_spectral_norm<M extends AnyModule>(module: M, name = 'weight'): M {
  const entry = entries.get(module)?.get(name)
  if (!entry || !native.isTensor(recordOf(module)[`${name}_orig`]))
    throw valueError(`spectral_norm of '${name}' not found in ${String(module)}`)
  for (const handle of entry.handles) handle.remove()
  entries.get(module)!.delete(name)
  const record = recordOf(module)
  const weight = withoutGrad(() => computed(module, name, entry, false))
  for (const suffix of ['', '_u', '_v', '_orig']) delete record[name + suffix]
  module.register_parameter(name, new Parameter(weight.detach()))
  return module
}
