/** The level of forward-mode autograd that this thread has entered, -1 for none. */
let current = -1

export function currentDualLevel(): number {
  return current
}

export function setDualLevel(level: number): void {
  current = level
}

export function inDualLevel(): boolean {
  return current >= 0
}
