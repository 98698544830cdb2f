/** A fenced block of commands that a reader can run as it stands. Lines are numbered from 1. */
export type Block = {
  /** Line of the first command. */
  line: number;
  commands: string[];
  /** The `json` block that follows at once, which shows what the commands print. */
  answer?: string;
};

type Fence = { line: number; info: string; body: string[] };

/** The blocks of a Markdown text whose info string is exactly `sh run`, in order. */
export function readBlocks(markdown: string): Block[] {
  const fences = readFences(markdown);
  return fences.flatMap(({ line, info, body }, i) => {
    if (info !== 'sh run') return [];
    const next = fences[i + 1];
    const follows = next?.info === 'json' && next.line === line + body.length + 3;
    return [{ line: line + 1, commands: body, ...(follows ? { answer: next.body.join('\n') } : {}) }];
  });
}

/** All fenced blocks of a Markdown text, in order; `line` is that of the opening fence. */
export function readFences(markdown: string): Fence[] {
  const fences: Fence[] = [];
  let open: (Fence & { marks: string }) | undefined;
  for (const [i, text] of markdown.split(/\r?\n/).entries()) {
    const [, marks, info] = /^\s*(`{3,})([^`]*)$/.exec(text) ?? [];
    if (open && marks !== undefined && marks.length >= open.marks.length && info?.trim() === '') {
      fences.push(open);
      open = undefined;
    } else if (open) open.body.push(text);
    else if (marks !== undefined) open = { line: i + 1, info: (info as string).trim(), body: [], marks };
  }
  return fences;
}
