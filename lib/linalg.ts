/** `torch.linalg`: https://docs.pytorch.org/docs/stable/linalg.html */
export { LinAlgError } from './_C/errors.js'
export * from './_generated/linalg.js'
