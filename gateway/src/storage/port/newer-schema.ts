/** One line for a person whose database was written by a newer Coppice. */
export function newerSchema(found: number, known: number): string {
  return `its schema is version ${found} and this Coppice knows versions up to ${known}: start the newer Coppice, or use another database`;
}
