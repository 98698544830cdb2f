/** An error in the user's data or call: one line that names file, line and column if there are any. */
export class DataError extends Error {}

/** User text in quotes, cut at 40 characters, so that a message stays one line whatever the text. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}
