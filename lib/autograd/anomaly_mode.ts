import { signature } from '../_C/args.js'
import { native } from '../_C/native.js'
import { stackOf } from '../_C/stack.js'
import { blockOrRun } from './_finally.js'

interface AnomalyKeywords {
  check_nan?: boolean
}

const bindDetect = signature<{ check_nan: boolean }>('detect_anomaly', ['check_nan', true])
const bindSet = signature<{ mode: boolean; check_nan: boolean }>('set_detect_anomaly', 'mode', ['check_nan', true])

function report(message: string): void {
  process.emitWarning(message, 'UserWarning')
}

function change(mode: boolean, checkNan: boolean): () => void {
  if (typeof mode !== 'boolean') throw new TypeError('set_detect_anomaly(): mode must be bool')
  const before = native.anomalyMode()
  native.setAnomalyMode(mode, Boolean(checkNan), stackOf, report)
  return () => native.setAnomalyMode((before & 1) !== 0, (before & 2) !== 0, stackOf, report)
}

/**
 * While `fn` runs, or until a `using` block ends: every recorded operator notes the line that called it, so that an error in
 * its backward comes with a warning that names this line; and a backward that makes a NaN is an error (unless `check_nan`
 * is false). Slow, for finding errors. The mode is one for the whole process.
 *
 * https://docs.pytorch.org/docs/stable/autograd.html#anomaly-detection
 */
export function detect_anomaly(check_nan?: boolean | AnomalyKeywords): Disposable
export function detect_anomaly<T>(fn: () => T): T
export function detect_anomaly<T>(check_nan: boolean | AnomalyKeywords, fn: () => T): T
export function detect_anomaly<T>(first?: boolean | AnomalyKeywords | (() => T), fn?: () => T): T | Disposable {
  const run = typeof first === 'function' ? first : fn
  const { check_nan } = bindDetect(typeof first === 'function' ? [] : [first])
  return blockOrRun(run, change(true, check_nan))
}

/** `detect_anomaly` switched on or off: from here on, or while `fn` runs, or until a `using` block ends. */
export function set_detect_anomaly(mode: boolean, check_nan?: boolean | AnomalyKeywords): Disposable
export function set_detect_anomaly<T>(mode: boolean, check_nan: boolean | AnomalyKeywords, fn: () => T): T
export function set_detect_anomaly<T>(mode: boolean, checkNan?: boolean | AnomalyKeywords, fn?: () => T) {
  const bound = bindSet([mode, checkNan])
  return blockOrRun(fn, change(bound.mode, bound.check_nan))
}

/** https://docs.pytorch.org/docs/stable/generated/torch.is_anomaly_enabled.html */
export function is_anomaly_enabled(): boolean {
  return (native.anomalyMode() & 1) !== 0
}

/** Is a NaN in backward an error while anomaly mode is on? */
export function is_anomaly_check_nan_enabled(): boolean {
  return (native.anomalyMode() & 2) !== 0
}
