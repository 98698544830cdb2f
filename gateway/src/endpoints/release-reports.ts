import { isReportFile, type ReportFile, reportHeaders, reportTypes } from '@coppice/contract';
import { HttpError } from '@coppice/serverkit';
import { type Request, type RequestHandler, type Response, Router } from 'express';

type Deps = {
  /** A file of a release's report, or null. */
  report: (release: number, name: ReportFile) => Promise<Uint8Array | null>;
  apiKey: readonly RequestHandler[];
};

/** `GET /releases/{number}/report`: the page of a release's report; below it, its other files. */
export function releaseReportRoutes({ report, apiKey }: Deps): Router {
  const router = Router();

  const answer = async (req: Request, res: Response, name: string) => {
    const number = /^[1-9]\d{0,7}$/.test(String(req.params.number)) ? Number(req.params.number) : null;
    const bytes = number !== null && isReportFile(name) ? await report(number, name) : null;
    if (!bytes) throw new HttpError(404, `Release ${req.params.number} has no ${name} in a report.`);
    res
      .set(reportHeaders)
      .type(reportTypes[name as ReportFile])
      .send(Buffer.from(bytes));
  };
  router.get('/releases/:number/report', ...apiKey, (req, res) => answer(req, res, 'report.html'));
  router.get('/releases/:number/report/:file', ...apiKey, (req, res) => answer(req, res, String(req.params.file)));

  return router;
}
