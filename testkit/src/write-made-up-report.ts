import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeUpReport } from './made-up-report.ts';

/** Writes the page and the figures of a made-up report into the folder of a version. */
export function writeMadeUpReport(folder: string, classes?: readonly string[]): void {
  mkdirSync(join(folder, 'report'), { recursive: true });
  writeFileSync(join(folder, 'report/report.json'), JSON.stringify(madeUpReport(classes)));
  writeFileSync(join(folder, 'report/report.html'), '<!doctype html><title>Report</title>');
}
