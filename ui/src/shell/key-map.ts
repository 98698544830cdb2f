import { pageRoutes } from '../navigation/page-routes.ts';

/** Keys by what they do, for people: those of the page, and those of its parts, which take them while they have the focus. */
export const keyMap: { title: string; keys: [keys: string[], does: string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      [['?'], 'these shortcuts'],
      ...pageRoutes.map(({ name, title }): [string[], string] => [['g', name.charAt(0)], title]),
      [['/'], 'search, where there is a search field'],
      [['Esc'], 'close a dialog'],
    ],
  },
  {
    title: 'In the rows of History',
    keys: [
      [['↑', '↓'], 'one row'],
      [['Page ↑', 'Page ↓'], 'one screen'],
      [['Home', 'End'], 'the newest row, the oldest loaded'],
      [['Enter'], 'open or close a row'],
      [['Esc'], 'close the open row'],
    ],
  },
  {
    title: 'On a slider',
    keys: [
      [['←', '→'], 'one step'],
      [['Home', 'End'], 'its ends'],
    ],
  },
];
