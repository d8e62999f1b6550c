import * as torch from 'torch-node'

console.log(torch.get_num_threads())
