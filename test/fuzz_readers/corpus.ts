/** Valid files of every kind that is read, made fresh. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { packageRoot } from '#lib/_C/libtorch.js'
import { python, runPython } from '../parity/python.js'
import { deflated, membersOf, zipOf } from './zip.js'

const { nn, jit, safetensors } = torch

/** Which reader a file is for: the ending of its name. */
export const kinds = ['pt', 'safetensors', 'index.json', 'npy', 'npz', 'torchscript'] as const
export type Kind = (typeof kinds)[number]

export interface CorpusFile {
  name: string
  kind: Kind
  bytes: Buffer
}

export function kindOf(name: string): Kind {
  const kind = kinds.find(ending => name.endsWith(`.${ending}`))
  if (kind === undefined) throw new Error(`no reader for ${name}`)
  return kind
}

/** The files in `folder`, in alphabetical order. */
export function readCorpus(folder: string): CorpusFile[] {
  return readdirSync(folder)
    .sort()
    .map(name => ({ name, kind: kindOf(name), bytes: readFileSync(join(folder, name)) }))
}

/** Everything that pickles of checkpoints hold, little of each. */
function state(): unknown {
  const model = new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4))
  const optimizer = new torch.optim.Adam(model.parameters(), { lr: 0.1 })
  model(torch.ones([2, 3]))
    .sum()
    .backward()
  optimizer.step()
  const base = torch.arange(24).reshape([4, 6])
  return {
    model: model.state_dict(),
    optimizer: optimizer.state_dict(),
    views: [base, base.t(), base.at(torch.slice(1, 3), torch.slice(0, 6, 2)), base.at(0, 0)],
    expanded: torch.ones([1, 3]).expand([5, 3]),
    half: torch.ones([3]).to(torch.bfloat16),
    complex: torch.ones([2], { dtype: torch.complex64 }).conj(),
    sparse: torch.eye(3).to_sparse(),
    parameter: new nn.Parameter(torch.ones([2])),
    plain: {
      list: [1, -5, 2.5, 2 ** 40, 2n ** 70n, 'ä🙂', null, true],
      tuple: Object.freeze([1, 'x']),
      set: new Set([1]),
    },
    bytes: Uint8Array.of(1, 2, 255),
    size: torch.ones([2, 3]).shape,
    where: [torch.float16, new torch.device('cpu'), new torch.Complex(1, 2)],
  }
}

function scripts(folder: string): void {
  const save = (name: string, module: Parameters<typeof jit.save>[0], files = {}) => {
    const path = join(folder, `${name}.torchscript`)
    jit.save(module, path, { _extra_files: files })
    // The folder inside is named after a temporary file: a case has to be the same each time.
    const members = membersOf(readFileSync(path))
    writeFileSync(path, zipOf(members.map(member => ({ ...member, name: member.name.replace(/^[^/]*/, name) }))))
  }
  save(
    'function',
    jit.script('def f(x, n: int = 3, s: str = "a\\n"):\n  for i in range(n):\n    x = x * 2 + i\n  return x, {s: [x]}'),
  )
  const net = new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.ReLU(), new nn.Flatten(), new nn.Linear(8, 2))
  save('traced', jit.trace(net.eval(), [torch.ones([1, 1, 4, 4])]), { 'labels.txt': 'cat\ndog' })
  const layer = new nn.Linear(2, 2)
  save(
    'scripted',
    jit.script(
      layer,
      `def forward(self, x, flag: Optional[bool] = None):
    y = self.helper(x)
    if flag is not None:
        y = torch.cat([y, x], 1)
    assert y.dim() == 2, "a message"
    return y

def helper(self, x):
    out = torch.matmul(x, self.weight.t()) + self.bias
    while bool(out.sum() > 100.0):
        out = out / 2
    return out`,
    ),
  )
}

/** Files that only Python writes. From a file, since TorchScript asks for the source of classes. */
function pythonFiles(folder: string): void {
  const program = join(packageRoot, 'test', 'fuzz_readers', 'corpus.py')
  runPython('import runpy, sys; del sys.argv[0]; runpy.run_path(sys.argv[0], run_name="corpus")', {
    args: [program, folder],
  })
}

/** Writes the corpus into `folder`; with Python's files where there is one. */
export function makeCorpus(folder: string): void {
  torch.manual_seed(0)
  mkdirSync(folder, { recursive: true })
  const at = (name: string) => join(folder, name)
  torch.save(state(), at('state.pt'))
  torch.save([torch.eye(3).to_sparse_csr(), torch.ones([2, 2, 2]).to_sparse(2)], at('sparse.pt'))
  writeFileSync(at('packed.pt'), deflated(readFileSync(at('state.pt'))))
  torch.save(state(), at('older.pt'), { _use_new_zipfile_serialization: false })
  const tensors = { a: torch.ones([2, 3]), b: torch.arange(5), c: torch.tensor(true), d: torch.zeros([0, 2]) }
  safetensors.save_file(tensors, at('plain.safetensors'), { format: 'pt' })
  const index = { metadata: { total_size: 65 }, weight_map: { a: 'shard.bin', b: 'shard.bin', c: 'shard.bin' } }
  writeFileSync(at('model.index.json'), JSON.stringify(index, null, 2))
  torch.saveNpy(torch.arange(12).reshape([3, 4]).t(), at('fortran.npy'))
  torch.saveNpy(torch.tensor(2.5, { dtype: torch.float64 }), at('scalar.npy'))
  torch.saveNpz({ x: torch.arange(6), y: torch.ones([2, 2], { dtype: torch.complex64 }) }, at('stored.npz'))
  writeFileSync(at('packed.npz'), deflated(readFileSync(at('stored.npz'))))
  scripts(folder)
  if (python) pythonFiles(folder)
}

/** What the index of the corpus refers to. */
export function makeShard(path: string): void {
  safetensors.save_file({ a: torch.ones([2, 3]), b: torch.arange(5), c: torch.tensor(true) }, path)
}
