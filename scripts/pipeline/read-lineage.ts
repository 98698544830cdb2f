import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DataError } from '@coppice/trainer/table/data-error';
import { headCommit } from './head-commit.ts';

/** Where a model comes from, by the names of the tags that its release gets. */
export type PipelineLineage = {
  /** MD5 of the table, by which DVC knows it. */
  data_revision: string;
  /** Commit of the folder in which the pipeline ran; changes that were not committed are not in it. */
  git_commit?: string;
};

/** Reads the table whole. Throws `DataError` if it cannot be read. */
export function readLineage(table: string, folder: string): PipelineLineage {
  const commit = headCommit(folder);
  try {
    const data_revision = createHash('md5').update(readFileSync(table)).digest('hex');
    return { data_revision, ...(commit !== null && { git_commit: commit }) };
  } catch (cause) {
    throw new DataError(`${table} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}
