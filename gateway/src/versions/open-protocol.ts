import type { FleetView } from './column-map.ts';
import type { LookConnection } from './look-connection.ts';
import { mlflow, mlflowServer } from './mlflow.ts';
import { openInference } from './open-inference.ts';
import type { Protocol } from './protocol.ts';

type Options = { url: string; modelName: string; now: () => number; fleet: FleetView };

/** The protocol that the server at `url` speaks: that of MLflow's scoring server by its path, else Open Inference. */
export function openProtocol(looks: LookConnection, { url, modelName, now, fleet }: Options): Protocol {
  return mlflowServer(url) === null ? openInference(looks, { modelName, now, fleet }) : mlflow(looks, fleet);
}
