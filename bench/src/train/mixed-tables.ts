import { normal } from '@coppice/testkit/sample-rows';
import { type Random, seededRandom } from '@coppice/testkit/seeded-random';

/** A kind of table: its header, whose last column is the class, and a row of it. */
export type MixedTable = { name: string; trainRows: number; header: string[]; row(random: Random): Cell[] };
type Cell = string | number | null;

/**
 * Tables in the manner of well-known ones, of words, numbers and gaps, as large. The class follows from the columns by chance: no
 * forest is always right.
 */
export const mixedTables: MixedTable[] = [
  {
    name: 'penguins',
    trainRows: 275,
    header: ['island', 'bill_length', 'bill_depth', 'flipper', 'mass', 'sex', 'species'],
    row(random) {
      const species = draw(random, { Adelie: 44, Gentoo: 36, Chinstrap: 20 });
      const islands = { Adelie: { Torgersen: 5, Biscoe: 4, Dream: 5 }, Gentoo: { Biscoe: 1 }, Chinstrap: { Dream: 1 } };
      const means = {
        Adelie: [38.8, 18.3, 190, 3700],
        Gentoo: [47.5, 15, 217, 5080],
        Chinstrap: [48.8, 18.4, 196, 3730],
      };
      const spread = [3.2, 1.4, 7.5, 380];
      const sex = draw(random, { male: 1, female: 1 });
      const sign = sex === 'male' ? 0.9 : -0.9;
      const measured = means[species].map((mean, i) =>
        round(mean + (spread[i] as number) * (sign + 1.2 * normal(random)), 1),
      );
      const isGap = random() < 0.01;
      return [
        draw<string>(random, islands[species]),
        ...measured.map((value) => (isGap ? null : value)),
        gap(random, 0.03, sex),
        species,
      ];
    },
  },
  {
    name: 'titanic',
    trainRows: 712,
    header: ['Pclass', 'Sex', 'Age', 'SibSp', 'Parch', 'Fare', 'Deck', 'Embarked', 'Survived'],
    row(random) {
      const pclass = Number(draw(random, { 1: 24, 2: 21, 3: 55 }));
      const sex = draw(random, { male: 65, female: 35 });
      const age = Math.max(1, Math.round(42 - 5 * pclass + 14 * normal(random)));
      const [siblings, parents] = [
        Number(draw(random, { 0: 68, 1: 23, 2: 5, 4: 4 })),
        Number(draw(random, { 0: 76, 1: 13, 2: 11 })),
      ];
      const fare = round(Math.exp(4.6 - 0.75 * pclass + 0.35 * normal(random)) * (1 + 0.4 * (siblings + parents)), 4);
      const deck = draw(random, { A: 1, B: 3, C: 4, D: 2, E: 2, F: 1 });
      const port = draw(random, { S: 72, C: 19, Q: 9 });
      const isDeckKnown = random() < (pclass === 1 ? 0.8 : pclass === 2 ? 0.1 : 0.03);
      const score =
        1.6 -
        1 * (pclass - 1) +
        (sex === 'female' ? 2.4 : 0) -
        0.035 * (age - 15) -
        0.35 * siblings +
        (isDeckKnown ? 0.7 : 0) +
        (port === 'C' ? 0.5 : 0) -
        1.2;
      return [
        pclass,
        sex,
        gap(random, 0.2, age),
        siblings,
        parents,
        fare,
        isDeckKnown ? deck : null,
        gap(random, 0.005, port),
        yes(random, score) ? 1 : 0,
      ];
    },
  },
  {
    name: 'credit',
    trainRows: 800,
    header: [
      'status',
      'months',
      'history',
      'purpose',
      'amount',
      'savings',
      'employment',
      'rate',
      'age',
      'housing',
      'job',
      'phone',
      'foreign',
      'default',
    ],
    row(random) {
      const status = draw(random, { none: 39, negative: 27, low: 27, high: 7 });
      const months = 6 * (1 + Math.floor(8 * random() ** 1.5));
      const history = draw(random, { paid: 53, critical: 29, delayed: 9, all_paid: 5, new: 4 });
      const purpose = draw(random, {
        car_new: 23,
        car_used: 10,
        furniture: 18,
        radio: 28,
        education: 5,
        repairs: 2,
        retraining: 1,
        business: 10,
        appliances: 1,
        other: 2,
      });
      const amount = Math.round(Math.exp(6.6 + 0.03 * months + 0.6 * normal(random)));
      const savings = draw(random, { little: 60, moderate: 10, rich: 6, very_rich: 5 });
      const employment = draw(random, { unemployed: 6, '<1': 17, '1-4': 34, '4-7': 17, '>7': 26 });
      const [rate, age] = [1 + Math.floor(4 * random()), Math.round(19 + Math.abs(18 * normal(random)))];
      const housing = draw(random, { own: 71, rent: 18, free: 11 });
      const score =
        -2 +
        { none: -1, negative: 0.8, low: 0.4, high: -0.4 }[status] +
        0.03 * months +
        { paid: 0, critical: -0.8, delayed: 0.1, all_paid: 1, new: 1 }[history] +
        (purpose === 'car_used' ? -1.2 : purpose === 'education' ? 0.7 : 0) +
        0.00006 * amount +
        { little: 0.4, moderate: 0, rich: -0.6, very_rich: -0.8 }[savings] +
        (employment === '<1' ? 0.5 : 0) +
        0.2 * rate -
        0.015 * age +
        (housing === 'rent' ? 0.4 : 0);
      return [
        status,
        months,
        history,
        purpose,
        amount,
        gap(random, 0.18, savings),
        employment,
        rate,
        age,
        housing,
        draw(random, { skilled: 63, unskilled: 20, management: 15, none: 2 }),
        draw(random, { yes: 4, no: 6 }),
        draw(random, { yes: 96, no: 4 }),
        yes(random, score) ? 'yes' : 'no',
      ];
    },
  },
  {
    name: 'churn',
    trainRows: 5600,
    header: [
      'gender',
      'senior',
      'partner',
      'tenure',
      'phone',
      'internet',
      'security',
      'support',
      'contract',
      'paperless',
      'payment',
      'region',
      'monthly',
      'total',
      'churn',
    ],
    row(random) {
      const tenure = Math.floor(73 * random() ** 1.3);
      const internet = draw(random, { 'Fiber optic': 44, DSL: 34, No: 22 });
      const extra = () => (internet === 'No' ? 'No internet service' : draw(random, { Yes: 4, No: 6 }));
      const [security, support] = [extra(), extra()];
      const contract = draw(random, { 'Month-to-month': 55, 'One year': 21, 'Two year': 24 });
      const payment = draw(random, {
        'Electronic check': 34,
        'Mailed check': 23,
        'Bank transfer': 22,
        'Credit card': 21,
      });
      const senior = random() < 0.16 ? 1 : 0;
      const region = Math.floor(60 * random());
      const monthly = round({ 'Fiber optic': 88, DSL: 58, No: 21 }[internet] + 8 * normal(random), 2);
      const score =
        -0.8 -
        0.04 * tenure +
        { 'Fiber optic': 1, DSL: 0, No: -0.9 }[internet] -
        (security === 'Yes' ? 0.5 : 0) -
        (support === 'Yes' ? 0.4 : 0) +
        { 'Month-to-month': 0.9, 'One year': -0.4, 'Two year': -1.3 }[contract] +
        (payment === 'Electronic check' ? 0.5 : 0) +
        0.3 * senior +
        (region % 7 === 0 ? 1 : 0);
      return [
        draw(random, { Male: 1, Female: 1 }),
        senior,
        draw(random, { Yes: 1, No: 1 }),
        tenure,
        draw(random, { Yes: 9, No: 1 }),
        internet,
        security,
        support,
        contract,
        draw(random, { Yes: 6, No: 4 }),
        gap(random, 0.02, payment),
        `region ${region}`,
        monthly,
        tenure === 0 ? null : round(monthly * tenure * (0.95 + 0.1 * random()), 2),
        yes(random, score) ? 'Yes' : 'No',
      ];
    },
  },
  {
    name: 'many classes',
    trainRows: 2700,
    header: [...Array.from({ length: 10 }, (_, i) => `x${i}`), 'species'],
    row(random) {
      const species = Math.floor(54 * random());
      // the place of each class is drawn once for all rows
      const place = seededRandom(1000 + species);
      return [...Array.from({ length: 10 }, () => round(1.6 * normal(place) + normal(random), 3)), `s${species}`];
    },
  },
];

/** So many rows as CSV with a header; the same seed gives the same rows. */
export function mixedCsv({ header, row }: MixedTable, rows: number, seed: number): string {
  const random = seededRandom(seed);
  const lines = Array.from({ length: rows }, () =>
    row(random)
      .map((cell) => cell ?? '')
      .join(','),
  );
  return `${[header.join(','), ...lines].join('\n')}\n`;
}

/** One of the words, each as often as its weight says. */
function draw<T extends string>(random: Random, weights: Partial<Record<T, number>>): T {
  const entries = Object.entries(weights) as [T, number][];
  let rest = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [word, weight] of entries) {
    rest -= weight;
    if (rest < 0) return word;
  }
  return (entries.at(-1) as [T, number])[0];
}

const gap = (random: Random, share: number, cell: Cell): Cell => (random() < share ? null : cell);
const yes = (random: Random, score: number): boolean => random() < 1 / (1 + Math.exp(-score));
const round = (value: number, digits: number): number => Number(value.toFixed(digits));
