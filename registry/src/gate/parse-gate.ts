import { CHAMPION_WORDS, type GateCondition, isPlainName, REPLAY_WORDS } from './gate-condition.ts';
import { type GateFigureName, gateFigure, gateFigureNames } from './gate-figures.ts';

/** A condition, and its line without comment as it stands in the file. */
export type GateRule = GateCondition & { line: string };

/** A line that is no condition: which one, what is wrong with it, and what is allowed. */
export class GateSyntaxError extends Error {
  readonly line: number;

  constructor(line: number, detail: string) {
    super(`line ${line}: ${detail}`);
    this.line = line;
  }
}

/** The conditions of a gate's text, one a line; `#` begins a comment. Throws `GateSyntaxError` for the first wrong line. */
export function parseGate(text: string): GateRule[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .flatMap((raw, i) => {
      const line = withoutComment(raw).trim();
      if (line === '') return [];
      const parsed = parseLine(line);
      if (typeof parsed === 'string') throw new GateSyntaxError(i + 1, `${short(line)}: ${parsed}`);
      return { ...parsed, line };
    });
}

/** A condition, or what is wrong. */
function parseLine(line: string): GateCondition | string {
  const words = line.replace(/\s+/g, ' ');
  if (words.startsWith('not ')) return parseChampion(words);
  if (words.startsWith('replay')) return parseReplay(words);
  return parseFigure(line);
}

function parseChampion(words: string): GateCondition | string {
  if (!words.startsWith(`${CHAMPION_WORDS} `)) return `must be: ${CHAMPION_WORDS} 0.01`;
  const margin = numberIn(words.slice(CHAMPION_WORDS.length), 0, 1);
  return typeof margin === 'string' ? margin : { kind: 'champion', margin };
}

function parseReplay(words: string): GateCondition | string {
  const [, bound] = new RegExp(`^${REPLAY_WORDS} ?(?:>=|≥)(.*)$`).exec(words) ?? [];
  if (bound === undefined) return `must be: ${REPLAY_WORDS} >= 0.95`;
  const least = numberIn(bound, 0, 1);
  return typeof least === 'string' ? least : { kind: 'replay', bound: least };
}

function parseFigure(line: string): GateCondition | string {
  const [head = '', word = ''] = /^([\w-]*)\s*/.exec(line) ?? [];
  if (!gateFigureNames.includes(word as GateFigureName))
    return `${word ? `${word} is unknown` : 'it begins with no figure'}: must be ${gateFigureNames.join(', ')}, “${CHAMPION_WORDS} …” or “${REPLAY_WORDS} >= …”`;
  const figure = word as GateFigureName;
  const { perClass, higher, from, to } = gateFigure(figure);
  const sign = higher ? '>=' : '<=';
  let rest = line.slice(head.length);
  let name: string | null = null;
  if (rest.startsWith('[')) {
    if (!perClass) return `${figure} is of all classes: must be ${figure} ${sign} NUMBER`;
    const found = classIn(rest);
    if (typeof found === 'string') return found;
    name = found.name;
    rest = found.rest;
  } else if (perClass) return `${figure} needs a class: must be ${figure}[CLASS] ${sign} NUMBER`;
  const [comparison = ''] = /^(?:[<>=!≥≤]+|\S*)/.exec(rest) ?? [];
  if (comparison !== sign && comparison !== (higher ? '≥' : '≤'))
    return `${comparison || 'nothing'} after the figure is not allowed: must be ${sign}, for ${higher ? 'more' : 'less'} of it is better`;
  const bound = numberIn(rest.slice(comparison.length), from, to);
  return typeof bound === 'string' ? bound : { kind: 'figure', figure, class: name, bound };
}

/** The class in brackets at the beginning, and what follows them; or what is wrong. */
function classIn(text: string): { name: string; rest: string } | string {
  const [all, quoted, plain = ''] = /^\[\s*(?:("(?:[^"\\]|\\.)*")|([^\]"]*?))\s*\]\s*/.exec(text) ?? [];
  if (all === undefined) return 'the brackets do not end: must be [CLASS], or ["CLASS"] for a class with ] " or #';
  const name = quoted === undefined ? plain : unquoted(quoted);
  if (name === null) return `${quoted} is no text in quotes: must be as in JSON, with \\" and \\\\ for " and \\`;
  if (name === '') return 'the brackets are empty: must be [CLASS]';
  if (quoted === undefined && !isPlainName(name)) return `${name} needs quotes: must be [${JSON.stringify(name)}]`;
  return { name, rest: text.slice(all.length) };
}

function unquoted(text: string): string | null {
  try {
    return JSON.parse(text) as string;
  } catch {
    return null;
  }
}

function numberIn(text: string, from: number, to: number): number | string {
  const word = text.trim();
  const value = /^-?(\d+(\.\d*)?|\.\d+)$/.test(word) ? Number(word) : Number.NaN;
  if (value >= from && value <= to) return value;
  return `${word === '' ? 'no number' : short(word)} is not allowed: must be a number from ${from} to ${to}, such as ${from < 0 ? '0.2' : to === 1 ? '0.9' : '0.5'}`;
}

/** Up to a `#` that is not inside quotes. */
function withoutComment(raw: string): string {
  const [before = ''] = /^(?:"(?:[^"\\]|\\.)*"|[^"#])*/.exec(raw) ?? [];
  // quotes that do not end hide no comment, but are what is wrong
  return raw[before.length] === '"' ? raw : before;
}

const short = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
