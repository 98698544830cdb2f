/** An option as one types it in a shell, on one line: `--drop 'temp (max)'`. */
export function flag(name: string, value: string): string {
  return `${name} ${shellWord(value)}`;
}

function shellWord(text: string): string {
  if (/^[\p{L}\p{N}_.,:=/@%+-]+$/u.test(text)) return text;
  const quotes = text.replaceAll("'", "'\\''");
  // bash, zsh and ksh read escapes in $'…'
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)
    ? `$${JSON.stringify(text).replaceAll("'", "\\'").replaceAll('\\"', '"').replace(/^"|"$/g, "'")}`
    : `'${quotes}'`;
}
