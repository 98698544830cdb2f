const marks = [
  'M0-5A5 5 0 1 1 0 5A5 5 0 1 1 0-5Z',
  'M0-5.2L5.4 4.4H-5.4Z',
  'M-4.4-4.4H4.4V4.4H-4.4Z',
  'M0-5.8L5.8 0L0 5.8L-5.8 0Z',
  'M0 5.2L5.4-4.4H-5.4Z',
  'M-1.8-5.4H1.8V-1.8H5.4V1.8H1.8V5.4H-1.8V1.8H-5.4V-1.8H-1.8Z',
] as const;

/** Lines of charts: solid for the first version, each other one dashed in its own way. */
const dashes = ['none', '6 3', '2 2.5', '9 3 2 3', '12 4', '1 3'] as const;

/** Six versions differ in colour, shape and line; a seventh looks like the first, and its name distinguishes it. */
export const markPath = (index: number): string => marks[index % marks.length] ?? marks[0];
export const dashOf = (index: number): string => dashes[index % dashes.length] ?? 'none';
