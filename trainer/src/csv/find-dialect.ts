/** How the cells of a file are separated, and where its header or first row begins: a byte, and its line from 1. */
export type Dialect = { delimiter: string; start: number; line: number; comments: number };

export const DELIMITERS = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': '|' } as const;

const sampleBytes = 1 << 16;
const sampleRecords = 50;

/**
 * Finds the delimiter by which the first records have as many cells as the first one, and skips the comment lines above it;
 * a comment with as many cells as the row under it is the header, as NumPy writes it. `tabFirst`: the file's name says so.
 */
export function findDialect(text: Buffer, { tabFirst }: { tabFirst: boolean }): Dialect {
  const { start, line, comments, last } = skipComments(text);
  const sample = text.toString('utf8', start, start + sampleBytes);
  const order = Object.keys(DELIMITERS).sort((a, b) => Number(tabFirst && b === '\t') - Number(tabFirst && a === '\t'));
  let delimiter = order[0] as string;
  let best = 0;
  for (const candidate of order) {
    const score = fit(sample, candidate, text.length - start > sampleBytes);
    // a later candidate must be clearly better: prose has as many commas as one likes
    if (score > best + 1e-9) [delimiter, best] = [candidate, score];
  }
  if (last && isHeader(last.text, sample, delimiter)) {
    const [mark = ''] = /^#\s*/.exec(last.text) ?? [];
    // a column may be called "#"
    const skipped = last.text[mark.length] === delimiter ? 0 : mark.length;
    return { delimiter, start: last.start + skipped, line: last.line, comments: comments - 1 };
  }
  return { delimiter, start, line, comments };
}

/** How many of the first records have as many cells as the first one (0–1), plus a little for each cell; 0: one column. */
function fit(sample: string, delimiter: string, isCut: boolean): number {
  const counts = countCells(sample, delimiter);
  if (isCut && counts.length > 1 && counts.length < sampleRecords) counts.pop();
  const [width = 0] = counts;
  if (width < 2) return 0;
  const same = counts.filter((count) => count === width).length;
  const near = counts.filter((count) => Math.abs(count - width) === 1).length;
  return (same + near / 2) / counts.length + Math.min(width, 1000) / 1e5;
}

/** The number of cells of each of the first records; 0 for one whose quotes do not fit the delimiter. */
function countCells(sample: string, delimiter: string): number[] {
  const counts: number[] = [];
  let at = 0;
  while (at < sample.length && counts.length < sampleRecords) {
    const record = readRecord(sample, at, delimiter);
    if (record.cells !== 1 || record.end > at) counts.push(record.cells);
    at = record.end + 1;
    if (sample[at - 1] === '\r' && sample[at] === '\n') at++;
  }
  return counts;
}

function readRecord(sample: string, from: number, delimiter: string): { cells: number; end: number } {
  let [at, cells, isBroken] = [from, 1, false];
  while (at < sample.length) {
    if (sample[at] === '"') {
      at = endOfQuotes(sample, at);
      if (at < sample.length && !isEnd(sample[at]) && sample[at] !== delimiter) isBroken = true;
    }
    while (at < sample.length && sample[at] !== delimiter && !isEnd(sample[at])) {
      if (sample[at] === '"') isBroken = true;
      at++;
    }
    if (sample[at] !== delimiter) break;
    cells++;
    at++;
  }
  return { cells: isBroken ? 0 : cells, end: at };
}

function endOfQuotes(sample: string, open: number): number {
  let at = open + 1;
  while (at < sample.length) {
    if (sample[at] !== '"') at++;
    else if (sample[at + 1] === '"') at += 2;
    else return at + 1;
  }
  return at;
}

const isEnd = (character: string | undefined) => character === '\n' || character === '\r';

function isHeader(comment: string, sample: string, delimiter: string): boolean {
  const [cells = 0] = countCells(comment, delimiter);
  return cells > 1 && cells === countCells(sample, delimiter)[0];
}

type Comment = { text: string; start: number; line: number };

function skipComments(text: Buffer): { start: number; line: number; comments: number; last: Comment | undefined } {
  let [start, line, comments] = [0, 1, 0];
  let last: Comment | undefined;
  while (start < text.length) {
    const first = text[start];
    const isBlank = first === 0x0a || first === 0x0d;
    if (!isBlank && first !== 0x23) break;
    let end = start;
    while (end < text.length && text[end] !== 0x0a && text[end] !== 0x0d) end++;
    if (!isBlank) {
      comments++;
      last = { text: text.toString('utf8', start, end), start, line };
    }
    start = end + (text[end] === 0x0d && text[end + 1] === 0x0a ? 2 : 1);
    line++;
  }
  return { start: Math.min(start, text.length), line, comments, last };
}
