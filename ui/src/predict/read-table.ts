/** Cells of a record, and the line on which it begins. */
export type TableRecord = { line: number; cells: string[] };

const delimiters = ['\t', ';', ','] as const;

/** Records of a table as text: quoted as in RFC 4180, with the delimiter that its first line has most; empty lines are left out. */
export function readTable(text: string): { records: TableRecord[]; delimiter: string } {
  const given = text.replace(/^\uFEFF/, '');
  const [first = ''] = given.trimStart().split(/\r?\n/, 1);
  const bare = first.replace(/"[^"]*"/g, '');
  const counts = delimiters.map((one) => bare.split(one).length - 1);
  const delimiter = counts[0]
    ? '\t'
    : (counts[1] as number) > 0 && (counts[1] as number) >= (counts[2] as number) / 2
      ? ';'
      : ',';
  return { records: split(given, delimiter), delimiter };
}

function split(text: string, delimiter: string): TableRecord[] {
  const records: TableRecord[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let begin = 1;
  const end = () => {
    cells.push(cell);
    if (cells.length > 1 || cell.trim() !== '') records.push({ line: begin, cells });
    cells = [];
    cell = '';
  };
  for (let i = 0; i < text.length; i++) {
    const one = text[i] as string;
    if (one === '\n') line++;
    if (quoted) {
      if (one !== '"') cell += one;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (one === '"' && cell.trim() === '') {
      cell = '';
      quoted = true;
    } else if (one === delimiter) {
      cells.push(cell);
      cell = '';
    } else if (one === '\n') {
      end();
      begin = line;
    } else if (one !== '\r') cell += one;
  }
  end();
  return records;
}
