/** Resolves with the next warning of this process that starts so; a test that waits for one in vain times out. */
export function warningThatStarts(text: string): Promise<Error> {
  return new Promise(resolve => {
    const look = (warning: Error) => {
      if (!warning.message.startsWith(text)) return
      process.off('warning', look)
      resolve(warning)
    }
    process.on('warning', look)
  })
}
