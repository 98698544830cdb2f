import '@coppice/serverkit/no-telemetry';
import { InferenceSession } from 'onnxruntime-node';
import { ArtifactError } from './read-artifact.ts';

/** A session on one thread that keeps no memory between calls. Throws `ArtifactError` for a file that the runtime cannot load. */
export async function createSession(onnx: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(onnx, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // the arena and the pattern cache keep memory for the largest batch forever, and a forest allocates almost nothing
      enableCpuMemArena: false,
      enableMemPattern: false,
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new ArtifactError(`the ONNX file cannot be loaded: ${oneLine(cause)}`, { cause });
  }
}

/** The message of whatever was thrown, on one line. */
export const oneLine = (thrown: unknown) =>
  String((thrown as Error)?.message ?? thrown)
    .replace(/\s+/g, ' ')
    .slice(0, 300);
