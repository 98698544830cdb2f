import { neededRows } from '../src/sample-size.ts';
import type { Job } from './job.ts';
import { atMost, meanOf, rowsUntil, shareOf, threeErrors } from './simulate.ts';

/** A number that comes out of all runs of a job, and between which bounds it is as it should be. */
export type Figure = {
  name: string;
  of(columns: number[][]): number;
  as: 'percent' | 'rows' | 'points';
  bounds?(columns: number[][]): [low: number, high: number];
};

export type Study = {
  title: string;
  /** Runs of each job in the tests. */
  runs: number;
  jobs: { name: string; job: Job; figures: Figure[] }[];
};

/** All that is simulated. `rows` is how long experiments without a difference are looked at. */
export function studies(rows: number): Study[] {
  return [falseWinners(rows), users(), changingWeights(), found(), sampleRatio(), errors(), slow(), paired()];
}

/** Shares of 10,000 such experiments up to 100,000 rows with the first formulas; 0.05 stands for what was rounded to 0.0. */
const FALSE_WINNERS = [
  [0.5, 0.5, 3.3],
  [0.9, 0.5, 3.3],
  [0.97, 0.5, 3.2],
  [0.999, 0.5, 0.9],
  [0.5, 0.05, 2.4],
  [0.9, 0.05, 1.6],
  [0.97, 0.05, 0.8],
  [0.999, 0.05, 0.05],
] as const;

function falseWinners(rows: number): Study {
  return {
    title: 'Two versions alike: a winner at any look',
    runs: 2000,
    jobs: FALSE_WINNERS.map(([accuracy, share, most]) => ({
      name: `accuracy ${accuracy}, ${100 * (1 - share)}/${100 * share}`,
      job: { kind: 'comparison', epochs: [epoch(rows, share, accuracy)], untilVerdict: true },
      figures: [happens('a winner', 0, most / 100)],
    })),
  };
}

function users(): Study {
  const cases = [
    [2000, 0.5],
    [2000, 0.05],
    [300, 0.5],
    [300, 0.05],
    [300, 0.01],
    [60, 0.1],
  ] as const;
  return {
    title: 'Two versions alike, sticky users whose rows resemble each other (correlation 0.2): a winner at any look',
    runs: 1000,
    jobs: cases.map(([count, share]) => ({
      name: `${count} users, ${100 * (1 - share)}/${100 * share}`,
      job: {
        kind: 'comparison',
        epochs: [epoch(20_000, share, 0.9)],
        users: { count, icc: 0.2 },
        instead: 'each row counted',
      },
      figures: [happens('a winner', 0, 0.037), happens('each row counted', 3, 1, 0.1)],
    })),
  };
}

const SHARES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9];

function changingWeights(): Study {
  const swing = (effect: number) =>
    SHARES.map((share, i) => epoch(2000, share, 0.95 - (0.15 * i) / (SHARES.length - 1), effect));
  return {
    title: 'Accuracy of both falls from 0.95 to 0.80 while the weight rises from 1 to 90 %',
    runs: 1000,
    jobs: [0, 0.02].map((effect) => ({
      name: effect === 0 ? 'alike' : `candidate ${points(effect)} points better`,
      job: { kind: 'comparison', epochs: swing(effect), instead: 'pooled over epochs' },
      figures: [
        effect === 0 ? happens('a winner by epoch', 0, 0.016) : happens('a winner by epoch', 0, 1, 0.5),
        {
          name: 'bias by epoch',
          of: (columns) => meanOf(columns[2] as number[]) - effect,
          as: 'points',
          bounds: (columns) => [-threeErrors(columns[2] as number[]), threeErrors(columns[2] as number[])],
        },
        happens('a winner pooled', 3, 1, 0.95),
        {
          name: 'bias pooled',
          of: (columns) => meanOf(columns[4] as number[]) - effect,
          as: 'points',
          bounds: () => [-0.075, -0.055],
        },
      ],
    })),
  };
}

function found(): Study {
  const cases = [
    [0.02, 6159, 20_000],
    [0.05, 1120, 20_000],
  ] as const;
  return {
    title: 'Accuracy 0.90 against a better candidate, 50/50: rows until the winner is seen',
    runs: 2000,
    jobs: cases.map(([effect, median, rows]) => {
      const planned = neededRows({ effect, probability: 0.9 + effect / 2, share: 0.5 });
      return {
        name: `${points(effect)} points better`,
        job: { kind: 'comparison', epochs: [epoch(rows, 0.5, 0.9, effect)] },
        figures: [
          within('in half of the runs', 0, 0.5, [0.9 * median, 1.1 * median]),
          within('in 80 %', 0, 0.8, [0.8 * planned, 1.1 * planned]),
          { name: 'planned for 80 %', as: 'rows', of: () => Math.ceil(planned) },
          happens('an interval misses the truth', 1, 0.039),
        ],
      };
    }),
  };
}

const STEPS = [0.01, 0.05, 0.1, 0.25, 0.5, 1];

function sampleRatio(): Study {
  const steps = STEPS.map((share) => ({ requests: 3000, share }));
  const calm = (name: string, rest: object, most = 0): Study['jobs'][number] => ({
    name,
    job: { kind: 'rollout', steps, ...rest },
    figures: [happens('alarms', 0, most), within('in half of the runs', 0, 0.5)],
  });
  return {
    title: 'Sample ratio in a rollout from 1 to 100 %, alarm at E ≥ 1000',
    runs: 1000,
    jobs: [
      calm('as weighted, each request drawn', {}, 0.001),
      calm('as weighted, 2,000 sticky users', { users: 2000 }),
      calm('as weighted, 300 sticky users', { users: 300 }),
      calm('as weighted, 60 sticky users', { users: 60 }),
      {
        name: '300 sticky users counted by request',
        job: { kind: 'rollout', steps, users: 300, byRequest: true },
        figures: [happens('alarms', 0, 1, 0.1), within('in half of the runs', 0, 0.5)],
      },
      {
        name: 'a tenth of 25 % is lost',
        job: { kind: 'rollout', steps: [{ requests: 30_000, share: 0.25 }], lost: 0.9 },
        figures: [happens('alarms', 0, 1, 0.99), within('in half of the runs', 0, 0.5, [0, 8000])],
      },
    ],
  };
}

function errors(): Study {
  const alike = [0.0005, 0.005, 0.05, 0.3].flatMap((rate) =>
    [0.01, 0.1, 0.5].map((share): Study['jobs'][number] => ({
      name: `${points(rate)} % errors, share ${100 * share} %`,
      // what is rare needs many requests to be seen at all
      job: { kind: 'risk', requests: rate < 0.01 ? 100_000 : 20_000, share, candidate: rate, baseline: rate },
      figures: [
        happens('a difference', 0, 0.021),
        happens('harm', 1, 0.013),
        within('harm in half of the runs', 1, 0.5),
      ],
    })),
  );
  return {
    title: 'Errors: evidence of a difference (α 5 %) and of harm (α 1.67 %) at any look',
    runs: 500,
    jobs: [
      ...alike,
      {
        name: '0.2 % errors against 2.2 %, share 10 %',
        job: { kind: 'risk', requests: 20_000, share: 0.1, candidate: 0.022, baseline: 0.002 },
        figures: [
          happens('a difference', 0, 1, 0.99),
          happens('harm', 1, 1, 0.99),
          within('harm in half of the runs', 1, 0.5, [0, 6000]),
        ],
      },
    ],
  };
}

function slow(): Study {
  return {
    title: 'Log-normal latencies, share 30 %: the ratio of 95th percentiles, and harm (α 1.67 %), every 500 requests',
    runs: 200,
    jobs: [1, 1.15, 1.5].map((slower) => ({
      name: `candidate takes ${slower} times as long`,
      job: { kind: 'latency', requests: 10_000, share: 0.3, slower },
      figures: [
        happens('an interval misses the truth', 0, 0.05),
        slower < 1.18 ? happens('harm', 1, 1 / 60) : happens('harm', 1, 1, 0.99),
        within('harm in half of the runs', 1, 0.5),
      ],
    })),
  };
}

function paired(): Study {
  return {
    title: 'Paired proof: evidence (α 5 %) at any of up to 5,000 rows of which one version is right',
    runs: 2000,
    jobs: [0.5, 0.6, 0.9].map((better) => ({
      name: `the candidate is right in ${100 * better} %`,
      job: { kind: 'paired', rows: 5000, better },
      figures: [
        better === 0.5 ? happens('evidence', 0, 0.05) : happens('evidence', 0, 1, 0.99),
        within('in half of the runs', 0, 0.5),
      ],
    })),
  };
}

const epoch = (rows: number, share: number, accuracy: number, effect = 0) => ({
  ...{ rows, share },
  candidate: accuracy + effect,
  baseline: accuracy,
});

/** The share of runs in which it happens: up to `most`, beyond chance, and at least `least`. */
function happens(name: string, column: number, most: number, least = 0): Figure {
  return {
    ...{ name, as: 'percent' },
    of: (columns) => shareOf(columns[column] as number[]),
    bounds: (columns) => [least, atMost(most, (columns[column] as number[]).length)],
  };
}

/** Rows until it happened in a share of runs. */
function within(name: string, column: number, quantile: number, bounds?: [number, number]): Figure {
  return {
    ...{ name, as: 'rows', of: (columns) => rowsUntil(columns[column] as number[], quantile) },
    ...(bounds && { bounds: () => bounds }),
  };
}

const points = (share: number): number => Math.round(1e4 * share) / 100;
