/** `torch.testing`. https://docs.pytorch.org/docs/stable/testing.html */
export { assert_allclose, assert_close, type CloseOptions } from './_comparison.js'
export { type MakeTensorOptions, make_tensor } from './_creation.js'
