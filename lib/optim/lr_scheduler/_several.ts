/** What the schedulers that are made of others share. */
import { valueError } from '../../_C/raise.js'
import type { AnyOptimizer } from '../optimizer.js'
import { LRScheduler, type SchedulerStateDict } from './lr_scheduler.js'
import { ReduceLROnPlateau } from './reduce_lr_on_plateau.js'

/** @throws ValueError for schedulers that can't be stepped together. */
export function checkSchedulers(name: string, optimizer: AnyOptimizer, schedulers: readonly LRScheduler[]): void {
  for (const [i, scheduler] of schedulers.entries()) {
    if (!(scheduler instanceof LRScheduler))
      throw new TypeError(`${name} at index ${i} should have \`optimizer\` as its attribute.`)
    if (scheduler instanceof ReduceLROnPlateau)
      throw valueError(
        `${name} does not support \`ReduceLROnPlateau\` scheduler as it requires additional kwargs to be specified when ` +
          `calling \`step\`, but got one at index ${i} in the given schedulers sequence.`,
      )
    if (scheduler.optimizer !== optimizer)
      throw valueError(
        `${name} expects all schedulers to belong to the same optimizer, but got scheduler ` +
          `${scheduler.constructor.name} at index ${i}, which has another than this ${optimizer.constructor.name}.`,
      )
  }
}

/** A state with the states of the schedulers in it. */
export function saveSeveral(state: SchedulerStateDict, schedulers: readonly LRScheduler[]): SchedulerStateDict {
  return { ...state, _schedulers: schedulers.map(scheduler => scheduler.state_dict()) }
}

/** Gives the schedulers their states; returns what is left. */
export function loadSeveral(state_dict: SchedulerStateDict, schedulers: readonly LRScheduler[]): SchedulerStateDict {
  const { _schedulers, ...state } = state_dict
  for (const [i, own] of (_schedulers as SchedulerStateDict[]).entries()) schedulers[i]!.load_state_dict(own)
  return state
}
