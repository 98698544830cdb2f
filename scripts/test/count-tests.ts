import { z } from 'zod';

const report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

export type Counts = { passed: number; failed: number };
export type TestOutcome = {
  /** The file's path, as the report has it. */
  file: string;
  /** Null for a file that could not be loaded. */
  name: string | null;
  passed: boolean;
  /** First line of the failure, of a test that passed too if it passed at a later try only. */
  reason: string | null;
};

/** Whether it passed, but not at the first try. */
export const isFlaky = ({ passed, reason }: TestOutcome): boolean => passed && reason !== null;

/**
 * Passed and failed tests of a Vitest run, from the text of its JSON report. A file that could not be loaded counts as
 * one failed test; so does a run that failed although each test passed, or that wrote no report.
 */
export function countTests(text: string | undefined, exitCode: number | null): Counts {
  const parsed = parse(text);
  if (!parsed) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = parsed;
  const unloaded = testResults.filter(isUnloaded).length;
  const failed = numFailedTests + unloaded;
  return { passed: numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

/** Each test of the report that ran, in its order. */
export function testOutcomes(text: string | undefined): TestOutcome[] {
  return (parse(text)?.testResults ?? []).flatMap((file): TestOutcome[] => {
    const reason = (message: string | undefined) => message?.trim().split('\n')[0] || null;
    if (isUnloaded(file)) return [{ file: file.name, name: null, passed: false, reason: reason(file.message) }];
    return file.assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName, status, failureMessages }) => ({
        file: file.name,
        name: fullName.trim(),
        passed: status === 'passed',
        reason: reason(failureMessages?.[0]),
      }));
  });
}

type Report = z.infer<typeof report>;

const parse = (text: string | undefined): Report | undefined =>
  report.safeParse(text === undefined ? undefined : JSON.parse(text)).data;

const isUnloaded = ({ status, assertionResults }: Report['testResults'][number]) =>
  status === 'failed' && assertionResults.length === 0;
