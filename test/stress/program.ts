/** `program.js KIND COUNT`: one stress run in a process of its own; prints its figures as JSON lines. */
import { fileURLToPath } from 'node:url'
import { largeResults, smallOperators, training } from './memory.js'
import { computeInWorkers, crossing } from './workers.js'

const [kind, countText] = process.argv.slice(2)
const count = Number(countText)
const workers = fileURLToPath(new URL('workers.js', import.meta.url))

function print(figures: object): void {
  console.log(JSON.stringify(figures))
}

switch (kind) {
  case 'loop':
    print(smallOperators(count))
    break
  case 'large':
    print(largeResults(count))
    break
  case 'training':
    print(await training(count))
    break
  case 'workers':
    for (let round = 1; round <= count; round++) {
      await computeInWorkers(workers, 16)
      print({ rounds: round })
    }
    break
  case 'crossing':
    print(await crossing(workers, count))
    break
  default:
    throw new Error(`unknown kind ${kind}`)
}
