import { ensurePython } from './ensure-python.ts';

/** MLflow with what a server of it needs (login, PostgreSQL, S3), and what opens its ONNX models. */
const packages = ['mlflow[auth]==3.17.2', 'boto3', 'psycopg[binary]', 'onnx==1.23.2', 'onnxruntime==1.32.0'];

/** The folder of MLflow's programs; installs them unless they are in the cache (900 MB, some minutes). */
export function ensureMlflow(): Promise<string> {
  return ensurePython(packages, { seconds: 900 });
}
