import { hash } from 'node:crypto';
import { parseModelCard } from '@coppice/contract';
import { ChangeRefusedError } from './errors.ts';
import { parseJson } from './parse-json.ts';
import { CARD_FILE, MODEL_FILE, type Release } from './release.ts';

/** What a list shows of a release. Throws `ChangeRefusedError` when the files are none. */
export function describeFiles(files: ReadonlyMap<string, Uint8Array>, model: string): Pick<Release, 'summary'> {
  const [onnx, bytes] = [files.get(MODEL_FILE), files.get(CARD_FILE)];
  if (!onnx || !bytes) throw new ChangeRefusedError(`a release needs ${MODEL_FILE} and ${CARD_FILE}`);
  const { data: card, error } = parseModelCard(parseJson(bytes));
  if (!card) throw new ChangeRefusedError(`${CARD_FILE} is not a model card: ${error?.issues[0]?.message}`);
  if (card.name !== model) throw new ChangeRefusedError(`${CARD_FILE} describes ${card.name}, and this is ${model}`);
  if (hash('sha256', onnx) !== card.artifact.sha256)
    throw new ChangeRefusedError(`${MODEL_FILE} is not the file that ${CARD_FILE} describes`);
  for (const name of files.keys())
    if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(name)) throw new ChangeRefusedError(`${name} is not a name of a file`);
  return {
    summary: {
      algorithm: card.algorithm,
      accuracy: card.metrics.rows > 0 ? card.metrics.accuracy : null,
      testRows: card.metrics.rows,
      features: card.features.length,
      classes: card.classes.map(({ name }) => name),
    },
  };
}
