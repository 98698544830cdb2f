import type { AuditEntry } from '@coppice/contract';
import type { Answer } from './answer.ts';

/** What an operator decides at run time, kept across restarts. */
export type ControlState = {
  revision: number;
  weights: Record<string, number>;
  shadow: string | null;
  /** The environment's weights and shadow when this was saved: when they differ at a start, the environment wins. */
  environment: { weights: Record<string, number>; shadow: string | null };
};

export type AuditedChange = { who: string; action: string; reason: string; from: unknown; to: unknown };

/** The control state and its audit as the database keeps them. */
export interface ControlRows {
  load(): Answer<ControlState | null>;
  /** As `ControlStore.save`. */
  save(next: ControlState, change: AuditedChange): Answer<boolean>;
  audit(limit: number, beforeId: number | null): Answer<AuditEntry[]>;
}

/** Keeps the control state and its audit, in the same database as the record. */
export interface ControlStore {
  load(): Promise<ControlState | null>;
  /**
   * Saves the next state and its audit row in one transaction, when the stored revision is still `next.revision - 1`
   * (or nothing is stored yet). Answers false, changing nothing, when another change came first.
   */
  save(next: ControlState, change: AuditedChange): Promise<boolean>;
  audit(limit: number, beforeId?: number): Promise<AuditEntry[]>;
  /** Calls back when another gateway on the same database saved a state. */
  onChange(listener: (state: ControlState) => void): void;
}
