import { join, parse as parsePath, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { withoutPassword } from '@coppice/serverkit';
import { gatewayAddress } from '../gateway/gateway-address.ts';

export type FeedbackOptions = {
  data: string;
  /** How rows name their prediction, and the column that does. */
  key: { by: 'prediction_id' | 'reference'; column: string };
  /** Columns of class and number; at least one of them. */
  actual: string | null;
  outcome: string | null;
  unmatched: string;
  gateway: string;
  apiKey: string | null;
};

/** An error in the command line, in one line. */
export class UsageError extends Error {}

export const usage = `Sends what came of predictions, from a CSV file, to a running gateway.

npm run feedback -- --data labels.csv --reference order_id --actual churned [--outcome revenue]

  --data FILE         CSV (UTF-8, commas) with a header line
  --reference COLUMN  the column with the client's own key, as /predict got it in \`reference\`
  --id COLUMN         or the column with the prediction_id
  --actual COLUMN     the column with the actual class
  --outcome COLUMN    the column with a number, such as revenue; beside or instead of --actual
  --unmatched FILE    where rows go that match no prediction, with line and reason; default: beside the data,
                      labels.unmatched.csv for labels.csv
  --gateway URL       default: GATEWAY_URL, else BIND_ADDRESS (127.0.0.1) and GATEWAY_PORT (5000)
  --api-key KEY       for a gateway with API_KEYS; default: $API_KEY
  -h, --help          this text

The same file may be sent again: what is there already changes nothing.
Exit status: 0 all rows matched, 1 the gateway refused or cannot be reached, 2 invalid arguments or file,
3 some rows matched no prediction.
`;

/**
 * Reads the command line; null for --help. Paths are taken from the user's `folder`. Throws `UsageError` for an invalid one.
 */
export function readFeedbackOptions(
  args: readonly string[],
  env: Record<string, string | undefined>,
  folder: string,
): FeedbackOptions | null {
  const values = parse(args);
  if (values.help) return null;
  const { data, reference, id, actual, outcome } = values;
  if (!data) throw new UsageError('--data names the CSV file and is missing.');
  if ((reference === undefined) === (id === undefined))
    throw new UsageError('either --reference or --id names the column of the key: give one of them.');
  if (actual === undefined && outcome === undefined)
    throw new UsageError('--actual and --outcome name the columns with what came of it: give one or both.');
  const file = resolve(folder, data);
  const { dir, name } = parsePath(file);
  const unmatched = resolve(folder, values.unmatched || join(dir, `${name}.unmatched.csv`));
  if (unmatched === file) throw new UsageError('--unmatched must be another file than --data.');
  return {
    data: file,
    key:
      reference === undefined ? { by: 'prediction_id', column: id as string } : { by: 'reference', column: reference },
    actual: actual ?? null,
    outcome: outcome ?? null,
    unmatched,
    gateway: readUrl(values.gateway ?? gatewayAddress(env)),
    apiKey: values['api-key'] ?? (env.API_KEY?.trim() || null),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        reference: { type: 'string' },
        id: { type: 'string' },
        actual: { type: 'string' },
        outcome: { type: 'string' },
        unmatched: { type: 'string' },
        gateway: { type: 'string' },
        'api-key': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. --help lists the options.`, { cause: error });
  }
}

function readUrl(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return text.replace(/\/+$/, '');
  throw new UsageError(`--gateway ${withoutPassword(text)} is not allowed: must be an http:// or https:// address.`);
}
