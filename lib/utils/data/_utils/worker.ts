/**
 * Where a worker starts. The library asks for the thread's default generator when it loads, so the thread gets its own before:
 * the order of two imports would not do, a bundle changes it.
 */
import { native } from '../../../_C/native.js'

native.useThreadGenerator()
await import('./worker_main.js')
