import type { Lab } from '../lab/lab.ts';
import type { RunningModel } from '../peers/coppice.ts';
import type { Options } from './options.ts';

/** What every part of the benchmark receives. */
export type Context = {
  lab: Lab;
  options: Options;
  /** The two real forests, shared by everything that stands in front of model servers. */
  models: readonly RunningModel[];
  /** Prints a line of a result. */
  print(text: string): void;
  /** Shows what is going on. */
  progress(text: string): void;
};
