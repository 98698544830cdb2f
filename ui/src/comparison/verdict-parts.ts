/** A comparison's sentence as what it says, "v2 is better", and what that rests on; what it says is all of it where nothing follows. */
export function verdictParts(words: string): { says: string; because: string } {
  const end = words.indexOf(': ');
  return end === -1 ? { says: words, because: '' } : { says: words.slice(0, end), because: words.slice(end + 2) };
}
