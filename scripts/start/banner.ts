type Address = { what: string; url: string };

/** The block that lists all addresses once everything answers. */
export function banner(addresses: Address[], notes: string[]): string {
  const width = Math.max(...addresses.map(({ what }) => what.length));
  const lines = [
    'Coppice is ready.',
    '',
    ...addresses.map(({ what, url }) => `  ${what.padEnd(width)}  ${url}`),
    '',
    ...notes,
    'Ctrl-C stops everything.',
  ];
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.length)));
  return ['', rule, ...lines, rule, ''].join('\n');
}
