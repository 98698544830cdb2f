import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './artifacts/sha256.ts';
import { readCsv } from './csv/read-csv.ts';
import { readDataFile } from './csv/read-data-file.ts';
import type { Data } from './load-data.ts';
import type { Options } from './options.ts';
import { type PreparedFormat, preparedFiles, preparedFormat } from './prepared-format.ts';
import { DataError, quoted } from './table/data-error.ts';
import { joinTables } from './table/join-tables.ts';
import type { Column, Table } from './table/table.ts';

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
    return { bytes, table: readRows(bytes, `${title}/${name}`, about) };
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

/** A CSV file by the kinds, names and classes of its preparation. */
function readRows(bytes: Buffer, file: string, { columns, steps, target, classes }: PreparedFormat): Table {
  const types = columns.map(({ title }, at) => ({
    column: title,
    kind: (steps[at] as PreparedFormat['steps'][number]).kind,
  }));
  const only = columns.map(({ title }) => title);
  const table = readCsv(bytes, {
    file,
    header: true,
    target: target.title,
    only,
    types: [...types, { column: target.title, kind: 'category' }],
  });
  const labelOf = table.target.classes.map((name) => classes.indexOf(name));
  const unknown = table.target.classes.find((_, label) => labelOf[label] === -1);
  if (unknown !== undefined)
    throw new DataError(`${file}: ${quoted(unknown)} is none of the classes of the preparation; run --prepare again`);
  const labels = table.target.labels.map((label) => (label < 0 ? -1 : (labelOf[label] as number)));
  const gap = labels.indexOf(-1);
  if (gap >= 0) throw new DataError(`${file}, line ${table.lines[gap]}: the row has no class`);
  return {
    ...table,
    leftOut: [],
    columns: columns.map((heading) => ({
      ...(table.columns.find(({ title }) => title === heading.title) as Column),
      ...heading,
    })),
    target: { ...table.target, ...target, classes, labels },
  };
}
