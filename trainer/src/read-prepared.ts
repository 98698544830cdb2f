import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './artifacts/sha256.ts';
import { readDataFile } from './csv/read-data-file.ts';
import type { Data } from './load-data.ts';
import type { Options } from './options.ts';
import { type PreparedFormat, preparedFiles, preparedFormat } from './prepared-format.ts';
import { type Like, readAlike } from './read-alike.ts';
import { DataError } from './table/data-error.ts';
import { joinTables } from './table/join-tables.ts';

type From = Pick<Options, 'data' | 'dataTitle' | 'aboutTable'>;

/** Whether `--data` names a folder, which `--prepare` has to have written. */
export function isPrepared({ data }: Pick<Options, 'data'>): boolean {
  return statSync(data, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * The data in a folder that `writePrepared` wrote: what a training makes of it is what it makes of the table itself. Where rows were
 * changed since, its sha256 is another one. Throws `DataError` for a folder that lacks a file, and for options about the table.
 */
export function readPrepared(from: From): Data {
  const { data: dir, dataTitle: title, aboutTable } = from;
  if (aboutTable.includes('--prepare'))
    throw new DataError(
      `${title}: the rows are prepared already; --prepare takes the table, as in --data my.csv --prepare ${title}`,
    );
  if (aboutTable.length > 0)
    throw new DataError(
      `${title}: the rows are prepared, which settles ${aboutTable.join(', ')}; give that to --prepare instead`,
    );
  const about = readAbout(dir, title);
  const files = ([preparedFiles.train, preparedFiles.test] as const).map((name) => {
    const bytes = readDataFile(join(dir, name), `${title}/${name}`);
    return { bytes, table: readAlike(bytes, `${title}/${name}`, likeOf(about)) };
  });
  const [train, test] = files as [(typeof files)[number], (typeof files)[number]];
  const rows = train.table.lines.length;
  const isAsWritten = sha256(train.bytes) === about.sha256.train && sha256(test.bytes) === about.sha256.test;
  return {
    table: joinTables(train.table, test.table),
    split: {
      train: Array.from(train.table.lines.keys()),
      test: Array.from(test.table.lines.keys(), (row) => rows + row),
    },
    preparation: { steps: about.steps },
    seed: about.seed,
    file: about.data.file,
    sha256: isAsWritten ? about.data.sha256 : sha256(Buffer.concat([train.bytes, test.bytes])),
    parameters: about.parameters,
  };
}

function likeOf({ columns, steps, target, classes }: PreparedFormat): Like {
  return {
    ...{ target, classes, whose: 'of the preparation; run --prepare again' },
    columns: columns.map((column, at) => ({ ...column, kind: (steps[at] as PreparedFormat['steps'][number]).kind })),
  };
}

function readAbout(dir: string, title: string): PreparedFormat {
  const name = `${title}/${preparedFiles.preparation}`;
  let text: string;
  try {
    text = readFileSync(join(dir, preparedFiles.preparation), 'utf8');
  } catch (cause) {
    throw new DataError(`${name}: cannot be read (${(cause as NodeJS.ErrnoException).code}); --prepare writes it`, {
      cause,
    });
  }
  const about = preparedFormat.safeParse(parse(text));
  if (about.success && about.data.steps.length === about.data.columns.length) return about.data;
  const [issue] = about.error?.issues ?? [];
  throw new DataError(
    `${name}: ${issue ? `"${issue.path.join('.')}" is not what --prepare writes` : 'its columns and steps differ in number'}; run --prepare again`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
