/** https://docs.pytorch.org/docs/stable/func.html */
export { functional_call } from './functional_call.js'
