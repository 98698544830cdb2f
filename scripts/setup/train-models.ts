import { join } from 'node:path';
import { runStep } from './run-step.ts';

/** Trains the bundled forests unless they are up to date; leaves a user's own model in their place alone. */
export function trainModels(root: string): void {
  runStep('training', process.execPath, [join(root, 'trainer/src/main.ts'), '--keep-others'], root);
}
