import { hash } from 'node:crypto';
import type { ModelCard } from '@coppice/contract';

/** By what records know the model of a card: the SHA-256 of the card as JSON, without spaces, as it was first written. */
export function cardIdentity(card: ModelCard): string {
  return card.release ?? hash('sha256', JSON.stringify(card));
}
