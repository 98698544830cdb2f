import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { smallReport } from './small-report.ts';

/** Writes the page and the figures of a small report into the folder of a version. */
export function writeSmallReport(folder: string, classes?: readonly string[]): void {
  mkdirSync(join(folder, 'report'), { recursive: true });
  writeFileSync(join(folder, 'report/report.json'), JSON.stringify(smallReport(classes)));
  writeFileSync(join(folder, 'report/report.html'), '<!doctype html><title>Report</title>');
}
