/** https://docs.pytorch.org/docs/stable/nn.html#utilities */
export { clip_grad_norm_, clip_grad_value_, get_total_norm } from './clip_grad.js'
export * as rnn from './rnn.js'
