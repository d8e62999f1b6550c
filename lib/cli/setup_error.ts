/** A step of set-up that failed for a reason the user can mend; `message` says which command does. No stack is shown. */
export class SetupError extends Error {
  override name = 'SetupError'
}
