import type { Lab } from './lab.ts';
import type { Options } from './options.ts';
import type { RunningModel } from './peers/coppice.ts';

/** What every part of the benchmark is given. */
export type Context = {
  lab: Lab;
  options: Options;
  /** The real two forests, shared by all that stand before model servers. */
  models: readonly RunningModel[];
  /** Prints a line of a result. */
  print(text: string): void;
  /** Tells what is going on just now. */
  progress(text: string): void;
};
