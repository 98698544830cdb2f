import { printable } from '@coppice/serverkit';
import { readFeedbackOptions, UsageError, usage } from './feedback/feedback-options.ts';
import { LabelsError } from './feedback/read-labels.ts';
import { GatewayError } from './feedback/send-batch.ts';
import { sendLabels, type Totals } from './feedback/send-labels.ts';

const SOME_UNMATCHED = 3;

try {
  // npm starts scripts in the package's folder; INIT_CWD is the user's
  const options = readFeedbackOptions(process.argv.slice(2), process.env, process.env.INIT_CWD ?? process.cwd());
  if (options === null) process.stdout.write(usage);
  else {
    const totals = await sendLabels(options, { out: process.stderr });
    process.stdout.write(summarize(totals, options.unmatched));
    if (totals.unmatched > 0) process.exitCode = SOME_UNMATCHED;
  }
} catch (error) {
  if (!(error instanceof UsageError || error instanceof LabelsError || error instanceof GatewayError)) throw error;
  const hint = error instanceof UsageError ? ' (npm run feedback -- --help)' : '';
  process.stderr.write(`feedback: ${printable(error.message)}${hint}\n`);
  process.exitCode = error instanceof GatewayError ? 1 : 2;
}

function summarize({ rows, matched, unmatched, ...effects }: Totals, file: string): string {
  const counted = `${effects.new} new, ${effects.changed} changed, ${effects.same} same`;
  const rest = unmatched === 0 ? '' : `: line and reason of each in ${printable(file)}`;
  return `${rows} rows: ${matched} matched (${counted}), ${unmatched} unmatched${rest}\n`;
}
