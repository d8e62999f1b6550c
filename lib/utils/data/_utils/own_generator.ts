/** Imported first of all in a worker: the library asks for the thread's default generator when it loads. */
import { native } from '../../../_C/native.js'

native.useThreadGenerator()
