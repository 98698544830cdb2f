import { type RetrainingView, type RetrainJobView, retrainingQuery, retrainStart } from '@coppice/contract';
import type { Registry } from '@coppice/registry/registry';
import { HttpError, parseInput, readJson } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { Retrainer } from '../job/retrainer.ts';

type Deps = {
  registry: Pick<Registry, 'jobs' | 'job' | 'jobLog'>;
  retrainer: Pick<Retrainer, 'ask'>;
  token: RequestHandler;
};

/** `POST /jobs` begins one; `GET /jobs` and `GET /jobs/:id` show them. */
export function jobsRoutes({ registry, retrainer, token }: Deps): Router {
  const router = Router();

  router.post('/jobs', token, readJson({ limit: 64 * 1024 }), async (req, res) => {
    const { reason } = parseInput(retrainStart, req.body);
    const answer = await retrainer.ask({ kind: 'command', text: reason });
    if ('why' in answer) throw new HttpError(409, answer.why);
    res.status(202).location(`/jobs/${answer.job.id}`).json(answer.job);
  });

  router.get('/jobs', token, async (req, res) => {
    const { limit } = parseInput(retrainingQuery, req.query, 'query');
    const view: RetrainingView = { jobs: await registry.jobs(limit), trouble: null };
    res.set('Cache-Control', 'no-store').json(view);
  });

  router.get<{ id: string }>('/jobs/:id', token, async (req, res) => {
    const { id } = req.params;
    const job = /^[1-9]\d{0,7}$/.test(id) ? await registry.job(Number(id)) : null;
    if (!job) throw new HttpError(404, `There is no job ${id}.`);
    const view: RetrainJobView = { ...job, log: await registry.jobLog(job.id) };
    res.set('Cache-Control', 'no-store').json(view);
  });

  return router;
}
