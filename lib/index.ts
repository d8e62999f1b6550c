import * as torch from './torch.js'

export * from './torch.js'
export default torch
