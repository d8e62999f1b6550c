// Datasets that a user could have written, in a file of their own as workers import it.
import * as torch from 'torch-node'

const { Dataset, IterableDataset, get_worker_info } = torch.utils.data

export class Numbers extends Dataset {
  constructor(length) {
    super()
    this.length = length
  }
  getItem(index) {
    return index
  }
}

/** Draws its samples: in Python's order with Python's seeds. */
export class Noisy extends Dataset {
  constructor(length) {
    super()
    this.length = length
  }
  getItem(index) {
    return [torch.rand(2), torch.randint(0, 1000, [1]), index]
  }
}

/** Holds tensors, transforms and a module. */
export class Pictures extends Dataset {
  constructor(images, transform) {
    super()
    this.images = images
    this.length = images.size(0)
    this.transform = transform
  }
  getItem(index) {
    return { image: this.transform(this.images.select(0, index)), label: index % 3, name: `picture ${index}` }
  }
}

export class Broken extends Dataset {
  length = 8
  constructor(how, at = 3) {
    super()
    this.how = how
    this.at = at
  }
  async getItem(index) {
    if (index !== this.at) return index
    if (this.how === 'error') return this.open(index)
    if (this.how === 'value') throw new torch.ValueError('a bad value')
    if (this.how === 'exit') process.exit(7)
    if (this.how === 'throw later')
      setTimeout(() => {
        throw new Error('from a timer')
      })
    if (this.how === 'memory') {
      const kept = []
      while (true) kept.push(new Array(1e5).fill(index++).map(i => ({ i })))
    }
    if (this.how === 'spin') while (true);
    return new Promise(() => {})
  }
  open(index) {
    throw new Error(`no such picture: ${index}`)
  }
}

export class Range extends IterableDataset {
  constructor(start, end) {
    super()
    this.start = start
    this.end = end
  }
  *[Symbol.iterator]() {
    const info = get_worker_info()
    const share = info ? Math.ceil((this.end - this.start) / info.num_workers) : this.end - this.start
    const from = this.start + (info?.id ?? 0) * share
    for (let i = from; i < Math.min(from + share, this.end); i++) yield i
  }
}

export class Whole extends IterableDataset {
  constructor(n) {
    super()
    this.n = n
  }
  *[Symbol.iterator]() {
    for (let i = 0; i < this.n; i++) yield i
  }
}

export class Info extends Dataset {
  length = 4
  extra = 0
  getItem(index) {
    const { id, num_workers, seed, dataset } = get_worker_info()
    return [
      index,
      id,
      num_workers,
      seed === torch.initial_seed(),
      dataset === this,
      this.extra,
      torch.get_num_threads(),
    ]
  }
}

export function addExtra(worker) {
  get_worker_info().dataset.extra = 10 + worker
}

export function failInit(worker) {
  throw new RangeError(`worker ${worker} will not start`)
}

export const sumUp = samples => samples.reduce((sum, x) => sum + x, 0)

class Hidden extends Dataset {
  length = 1
  getItem() {
    return 1
  }
}
export const makeHidden = () => new Hidden()
export const makeClosure = n => samples => samples.length + n

export class Private extends Dataset {
  #secret = 1
  length = 1
  getItem() {
    return this.#secret
  }
}

export class Rebuilt extends Dataset {
  #secret
  length = 2
  constructor(secret) {
    super()
    this.#secret = secret
  }
  getItem() {
    return this.#secret
  }
  workerArguments() {
    return [this.#secret]
  }
}

export class Shared extends Dataset {
  constructor(memory) {
    super()
    this.memory = memory
    this.length = memory.size(0)
  }
  getItem(index) {
    return this.memory.select(0, index)
  }
}

export class Writing extends Shared {
  getItem(index) {
    this.memory.setAt([index], index + 100)
    return index
  }
}

export class Linked {
  constructor(value) {
    this.value = value
    this.self = this
  }
}

/** Says in the worker what has become of its fields. */
export class Fields extends Dataset {
  length = 1
  constructor(fields) {
    super()
    this.fields = fields
  }
  getItem() {
    const { fields } = this
    const { model, generator } = fields
    return [
      String(model),
      model(torch.ones(2, 3)).tolist(),
      Object.keys(model.state_dict()),
      model.training,
      fields.parameter instanceof torch.nn.Parameter && fields.parameter.requires_grad,
      fields.dtype === torch.float16,
      `${fields.device} ${fields.shape}`,
      fields.linked instanceof Linked && fields.linked.self === fields.linked,
      Buffer.isBuffer(fields.bytes) && fields.bytes.toString(),
      fields.map.get('a').has(3),
      `${fields.date.toISOString()} ${fields.pattern.source} ${fields.url.href} ${fields.typed} ${fields.large}`,
      torch.rand(2, { generator }).tolist(),
      fields.picture.size.join(),
      fields.made(4),
      fields.class === Linked,
      fields.twice[0] === fields.twice[1],
    ]
  }
}

export function square(x) {
  return x * x
}
