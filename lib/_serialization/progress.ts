/** How far an asynchronous load or save is. */
export interface Progress {
  /** Bytes that are done. */
  loaded: number
  /** Bytes that there are; null where the sender did not say. */
  total: number | null
}

export type OnProgress = (progress: Progress) => void
