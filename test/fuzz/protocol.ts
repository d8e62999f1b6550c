/** What a fuzzing child tells its parent. */

/** Begins each line that is a message, as JSON. */
export const MARK = '@fuzz '

/** A call that broke the rules. */
export interface Breach {
  i: number
  text: string
  error: string
}

/** Up to which call it is, and how the calls since the last such message ended. */
export interface Progress {
  done: number
  returned: number
  threw: number
}

export type Message = Breach | Progress
