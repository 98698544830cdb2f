import { expect, it } from 'vitest';
import { rowsCsv } from './rows-csv.ts';

it('writes rows with their answers, marked as from the page', () => {
  const answer = {
    prediction: 1,
    class: 'b, "c"',
    probability: [0.25, 0.75],
    model_version: 'v2',
    prediction_id: 'id-1',
  };
  const bare = { prediction: 0, class: 'a', probability: null, model_version: 'v1' };
  const csv = rowsCsv(
    { features: ['x', 'town'], classes: ['a', 'b, "c"'] },
    [
      [1.5, 'York\n'],
      [null, 'Bath'],
    ],
    [answer, bare],
  );
  expect(csv).toBe(
    'x,town,class,probability_a,"probability_b, ""c""",model_version,prediction_id,source\r\n' +
      '1.5,"York\n","b, ""c""",0.25,0.75,v2,id-1,page\r\n' +
      ',Bath,a,,,v1,,page\r\n',
  );
});
