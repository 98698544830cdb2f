import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MoveRefusedError, moveRecord } from '@coppice/gateway/move/move-record';
import { DatabaseInUseError } from '@coppice/gateway/storage/port/errors';

const help = `Move the record from SQLite to PostgreSQL: predictions, feedback, weights, audit, comparison, experiments.

  npm run migrate -- --to postgres://user:password@host/database [--from DIR]

  --to URL     an empty database       (default: DATABASE_URL)
  --from DIR   the folder of coppice.db  (default: DATA_DIR, else ./data)
  --help       this text

Stop the gateway before, and start it with DATABASE_URL after. All is moved in one transaction, and counts and sums are compared
before it ends: what fails moves nothing. The SQLite file keeps its rows; one of an older Coppice gets today's tables first, as by a
start of the gateway.
Exit status: 0 moved, 1 refused or failed, 2 invalid arguments.
`;

process.exitCode = await run();

async function run(): Promise<number> {
  let to: string | undefined;
  let from: string;
  try {
    const { values } = parseArgs({
      options: { to: { type: 'string' }, from: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    to = values.to ?? process.env.DATABASE_URL?.trim();
    from = resolve(process.env.INIT_CWD ?? process.cwd(), values.from ?? (process.env.DATA_DIR?.trim() || 'data'));
    if (!/^postgres(ql)?:$/.test(URL.parse(to ?? '')?.protocol ?? ''))
      throw new Error('--to must be a postgres:// address, or DATABASE_URL set to one');
  } catch (error) {
    console.error(`migrate: ${(error as Error).message.split('\n')[0]} (--help lists the options)`);
    return 2;
  }
  const start = performance.now();
  let said = start;
  try {
    const moved = await moveRecord({
      ...{ from: join(from, 'coppice.db'), to: to as string },
      progress(table, rows, of) {
        if (performance.now() - said < 2_000) return;
        said = performance.now();
        console.error(`migrate: ${table}: ${rows} of ${of} rows`);
      },
    });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    for (const [table, rows] of Object.entries(moved))
      if (rows > 0) console.log(`${table}: ${rows} ${rows === 1 ? 'row' : 'rows'}`);
    console.log(`moved in ${seconds} s, counts and sums are equal: start the gateway with DATABASE_URL`);
    return 0;
  } catch (error) {
    const expected = error instanceof MoveRefusedError || error instanceof DatabaseInUseError;
    console.error(`migrate: ${expected ? error.message : String((error as Error).stack)}`);
    return 1;
  }
}
