import { admin, client, json, jsonBody, type Paths, responses } from './operation.ts';

const answers = responses(
  { 200: json('The rollout after the change.', 'RolloutReport') },
  ...([400, 401, 409, 413, 415] as const),
);

const command = (operationId: string, summary: string, example: { summary: string; value: object }, more = '') => ({
  post: {
    ...{ operationId, tags: ['rollout'], security: admin, summary },
    description: `With \`revision\` the gateway refuses the change (409) if another one came first.${more}`,
    requestBody: jsonBody('RolloutChange', { example }),
    responses: answers,
  },
});

/** Rollouts: start, look, and what a person may do with one. */
export const rolloutPaths: Paths = {
  '/rollout': {
    get: {
      ...{ operationId: 'getRollout', tags: ['rollout'], security: client },
      summary: 'The rollout that runs, else the last one that ended',
      description: 'With its history, what its guardrails see, and where it stands in one sentence.',
      responses: responses({ 200: json('The rollout, or null.', 'RolloutReport') }, 401, 429),
    },
    post: {
      ...{ operationId: 'startRollout', tags: ['rollout'], security: admin },
      summary: 'Start a rollout',
      description:
        "The candidate gets the first step's percentage of the pair's weight at once. 409 while another rollout runs, the candidate or its baseline is not ready, or required proof is missing. What is not given comes from the settings.",
      requestBody: jsonBody('RolloutStart', {
        usual: { summary: 'By the settings', value: { version: 'v2', reason: 'v2 is trained on fresh data' } },
      }),
      responses: responses(
        { 200: json('The rollout at its first step.', 'RolloutReport') },
        ...([400, 401, 409, 413, 415, 503] as const),
      ),
    },
  },
  '/rollout/pause': command('pauseRollout', 'Keep the present step', {
    summary: 'Overnight',
    value: { reason: 'nobody watches tonight' },
  }),
  '/rollout/resume': command(
    'resumeRollout',
    "Go on, with the step's clock afresh",
    { summary: 'Where it was paused', value: { reason: 'we watch again' } },
    " `step` is required when others' weights are in force.",
  ),
  '/rollout/promote': command(
    'promoteRollout',
    'Go to the next step now, or to a later one',
    { summary: 'The next step', value: { reason: 'we have seen enough' } },
    " To 100 % it requires the candidate's name as `version`.",
  ),
  '/rollout/abort': command('abortRollout', 'Give all traffic back to the baseline', {
    summary: 'No longer wanted',
    value: { reason: 'v3 comes instead' },
  }),
};
