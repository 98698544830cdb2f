import { isReportFile, reportHeaders, reportTypes } from '@coppice/contract';
import { HttpError } from '@coppice/serverkit';
import { Router } from 'express';
import { type Host, requireServed } from './require-model.ts';

/** `GET /report` (the page) and `/report/{file}` of what is served. 404 for a file that it does not have, or that no report has. */
export function reportRoutes({ host }: { host: Host }): Router {
  const router = Router();
  router.get(['/report', '/report/:file'], async (req, res) => {
    const { release, file } = requireServed(host);
    if (release !== null) res.set('X-Model-Release', String(release));
    const { file: name = 'report.html' } = req.params as { file?: string };
    if (!isReportFile(name))
      throw new HttpError(404, `A report has no such file; it may have ${Object.keys(reportTypes).join(', ')}.`);
    const bytes = await file(`report/${name}`).catch((cause) => {
      throw new HttpError(503, `The report cannot be read: ${cause.message}.`, {
        cause,
        headers: { 'Retry-After': '1' },
      });
    });
    if (bytes === null)
      throw new HttpError(404, `What is served here has no ${name}: npm run evaluate writes a report of a release.`);
    res.set(reportHeaders).type(reportTypes[name]).send(Buffer.from(bytes));
  });
  return router;
}
