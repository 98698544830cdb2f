import { z } from 'zod';

const report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(z.object({ name: z.string(), status: z.string(), assertionResults: z.array(z.unknown()) })),
});

export type Counts = { passed: number; failed: number };

/**
 * Passed and failed tests of a Vitest run, from the text of its JSON report. A file that could not be loaded counts as
 * one failed test; so does a run that failed although each test passed, or that wrote no report.
 */
export function countTests(text: string | undefined, exitCode: number | null): Counts {
  const parsed = report.safeParse(text === undefined ? undefined : JSON.parse(text));
  if (!parsed.success) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = parsed.data;
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + unloaded;
  return { passed: numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}
