import type { AuditEntry, ExperimentState, RolloutState } from '@coppice/contract';
import type { Answer } from './answer.ts';

/** An operator's decision at run time, which survives restarts. */
export type ControlState = {
  revision: number;
  weights: Record<string, number>;
  shadow: string | null;
  /** The environment's weights and shadow when this was saved: when they differ at a start, the environment wins. */
  environment: { weights: Record<string, number>; shadow: string | null };
  /** See `Epoch`; 0 in a state of before. */
  period: number;
  /** The running experiment, or null. */
  experiment: ExperimentState | null;
  /** The last rollout, running or ended, or null. */
  rollout: RolloutState | null;
};

/** What a state has in which no weights were ever changed, and nothing runs. */
export const nothingRuns = { period: 0, experiment: null, rollout: null };

/** A stored state, which an older Coppice may have written. */
export function readControlState(json: string): ControlState {
  return { ...nothingRuns, ...JSON.parse(json) };
}

export type AuditedChange = { who: string; action: string; reason: string; from: unknown; to: unknown };

/** The control state and its audit, in the database. */
export interface ControlRows {
  load(): Answer<ControlState | null>;
  /** As `ControlStore.save`. */
  save(next: ControlState, change: AuditedChange): Answer<boolean>;
  audit(limit: number, beforeId: number | null): Answer<AuditEntry[]>;
  /** Adds an audit row about something that leaves the state as it is. */
  note(change: AuditedChange): Answer<void>;
}

/** Stores the control state and its audit, in the same database as the record. */
export interface ControlStore {
  load(): Promise<ControlState | null>;
  /**
   * Saves the next state and its audit row in one transaction, when the stored revision is still `next.revision - 1`
   * (or nothing is stored yet). Returns false, changing nothing, if another change came first.
   */
  save(next: ControlState, change: AuditedChange): Promise<boolean>;
  audit(limit: number, beforeId?: number): Promise<AuditEntry[]>;
  /** Calls back when another gateway on the same database saved a state. */
  onChange(listener: (state: ControlState) => void): void;
}
