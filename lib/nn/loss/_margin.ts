import { valueError } from '../../_C/raise.js'

/** @throws ValueError unless the margin is above 0 */
export function checkMargin(name: string, margin: number): void {
  if (!(margin > 0)) throw valueError(`${name}: expected margin to be greater than 0, got ${margin} instead`)
}
