import { printable } from '@coppice/serverkit';
import { askJson, eventually, given, runCheck } from './ask.ts';

await runCheck(async () => {
  const url = given('MLFLOW_TRACKING_URI').replace(/\/+$/, '');
  const { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password = '' } = process.env;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  // needs the login, which the server's health does not
  const search = `${url}/api/2.0/mlflow/experiments/search?max_results=1`;
  await eventually(Number(process.env.WAIT || 30), () =>
    askJson(search, user ? { headers: { authorization } } : undefined),
  );
  console.log(`MLflow at ${printable(url)} answers`);
});
