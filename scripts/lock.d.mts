export function withLock<T>(path: string, work: () => T | Promise<T>, onWait?: (pid: number) => void): Promise<T>
