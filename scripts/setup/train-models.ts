import { join } from 'node:path';
import { runStep } from './run-step.ts';

/** Trains the bundled forests unless they are up to date; a user's own model in their place is left alone. */
export function trainModels(root: string): void {
  runStep('training', process.execPath, [join(root, 'trainer/src/main.ts'), '--keep-others'], root);
}
