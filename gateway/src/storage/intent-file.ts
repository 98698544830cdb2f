import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { experimentState, rolloutState } from '@coppice/contract';
import { z } from 'zod';
import type { ControlState } from './port/control-store.ts';

const intent = z.object({ weights: z.record(z.string(), z.int().nonnegative()), shadow: z.string().nullable() });
const controlState = intent.extend({
  revision: z.int().nonnegative(),
  environment: intent,
  period: z.int().nonnegative().default(0),
  experiment: experimentState.nullable().default(null),
  rollout: rolloutState.nullable().default(null),
});

/**
 * The last intent in a small file beside a SQLite database, so that a database that is corrupted does not put the
 * environment's weights in force again.
 */
export class IntentFile {
  readonly path: string;

  constructor(database: string) {
    this.path = join(dirname(database), 'intent.json');
  }

  /** Null if there is none. Throws if it cannot be read. */
  async read(): Promise<ControlState | null> {
    try {
      return controlState.parse(JSON.parse(await readFile(this.path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new Error(`${this.path} cannot be read`, { cause: error });
    }
  }

  /** On the disk when it resolves, old or new but never half. */
  async write(state: ControlState): Promise<void> {
    const next = `${this.path}.next`;
    await mkdir(dirname(this.path), { recursive: true });
    await using file = await open(next, 'w', 0o600);
    await file.writeFile(`${JSON.stringify(state)}\n`);
    await file.sync();
    await rename(next, this.path);
    await using folder = await open(dirname(this.path), 'r');
    // not every file system can
    await folder.sync().catch(() => {});
  }
}
