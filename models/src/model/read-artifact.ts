import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ModelCard } from '@coppice/contract';
import { readModelCard } from '@coppice/serverkit';
import { z } from 'zod';

/** Why an artifact cannot be served, in one line for people. */
export class ArtifactError extends Error {}

export const CARD_FILE = 'model-card.json';

/**
 * Reads a version's card and the ONNX file it names, and compares the file's SHA-256 with the card's.
 * It returns the very bytes that it hashed. Throws `ArtifactError`.
 */
export async function readArtifact(dir: string): Promise<{ card: ModelCard; onnx: Buffer }> {
  const card = parseCard(await read(join(dir, CARD_FILE)));
  const { file } = card.artifact;
  if (file !== basename(file) || file === '..')
    throw new ArtifactError(`${CARD_FILE}: artifact.file is ${file}: must be a file beside the card`);
  return checked(card, file, await read(join(dir, file)));
}

/** The same from bytes; `title` is what messages call the file. Throws `ArtifactError`. */
export function parseArtifact(title: string, card: Buffer, onnx: Buffer): { card: ModelCard; onnx: Buffer } {
  return checked(parseCard(card), title, onnx);
}

function checked(card: ModelCard, file: string, onnx: Buffer): { card: ModelCard; onnx: Buffer } {
  const { sha256, bytes } = card.artifact;
  const found = createHash('sha256').update(onnx).digest('hex');
  if (found !== sha256)
    throw new ArtifactError(
      `${file} is not the file that ${CARD_FILE} describes: sha256 ${found}, ${onnx.length} bytes; the card says ${sha256}, ${bytes} bytes`,
    );
  return { card, onnx };
}

function parseCard(bytes: Buffer): ModelCard {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString());
  } catch (cause) {
    throw new ArtifactError(`${CARD_FILE} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = readModelCard(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
  throw new ArtifactError(`${CARD_FILE} is not a model card: ${z.core.toDotPath(path) || 'the whole'}: ${message}`);
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ArtifactError(code === 'ENOENT' ? `${path} does not exist` : `${path} cannot be read (${code})`, {
      cause,
    });
  }
}
