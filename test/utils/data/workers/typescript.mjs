// Lets Node import TypeScript, as `--import tsx` does; workers inherit it with the process's options.
import { register } from 'node:module'

const hooks = `
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), { loader: 'ts', format: 'esm', target: 'es2022' })
  return { format: 'module', source: code, shortCircuit: true }
}`
const esbuild = import.meta.resolve('esbuild')
register(`data:text/javascript,${encodeURIComponent(hooks.replace("'esbuild'", `'${esbuild}'`))}`)
