import type { Entry } from './predictor.svelte.ts';

/** Texts beyond it do not fit a browser's session storage beside others. */
const MOST_CHARACTERS = 200_000;

/** What a visitor has entered, for this tab: it outlasts a change of route and a reload. Without storage nothing is kept. */
export function keepDraft(name: string, text: string): void {
  try {
    if (text === '' || text.length > MOST_CHARACTERS) sessionStorage.removeItem(`draft ${name}`);
    else sessionStorage.setItem(`draft ${name}`, text);
  } catch {
    // full, or not allowed
  }
}

export function readDraft(name: string): string {
  try {
    return sessionStorage.getItem(`draft ${name}`) ?? '';
  } catch {
    return '';
  }
}

/** Inputs as text: an unfinished one, which is undefined, is an empty list. */
export const entriesText = (values: readonly Entry[]) =>
  JSON.stringify(values.map((value) => (value === undefined ? [] : [value])));

/** What `entriesText` wrote, or null where it is none of so many inputs. */
export function readEntries(text: string, count: number): Entry[] | null {
  try {
    const values = JSON.parse(text) as Entry[][];
    return Array.isArray(values) && values.length === count ? values.map((value) => value[0]) : null;
  } catch {
    return null;
  }
}
