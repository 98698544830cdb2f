import type { Route } from '@coppice/contract';
import type { InferAnswer } from '../versions/infer-job.ts';

/** Writes the JSON of predictions; encodes the constant part of each class once. */
export class AnswerTemplate {
  readonly #beginnings: string[];

  constructor(classes: readonly string[]) {
    this.#beginnings = classes.map((name, i) => `{"prediction":${i},"class":${JSON.stringify(name)},"probability":`);
  }

  /** Body of the contract's `prediction`. An `id` of undefined (preview) is left out. */
  one(answer: InferAnswer, row: number, version: string, route: Route, id: string | undefined): string {
    const tail = id === undefined ? '"}' : `","prediction_id":"${id}"}`;
    return `${this.#begin(answer, row)},"model_version":"${version}","route":"${route}${tail}`;
  }

  /** Body of the contract's `predictionBatch`: `rows` rows from `first` on. */
  batch(
    answer: InferAnswer,
    first: number,
    rows: number,
    version: string,
    route: Route,
    ids: readonly string[],
  ): string {
    let body = '{"predictions":[';
    for (let i = 0; i < rows; i++) {
      const id = ids[i];
      body += `${i === 0 ? '' : ','}${this.#begin(answer, first + i)}${id === undefined ? '' : `,"prediction_id":"${id}"`}}`;
    }
    return `${body}],"model_version":"${version}","route":"${route}"}`;
  }

  #begin({ labels, probabilities, classes }: InferAnswer, row: number): string {
    let text = this.#beginnings[labels[row] as number] as string;
    if (!probabilities) return `${text}null`;
    const end = (row + 1) * classes;
    for (let i = row * classes; i < end; i++) text += `${i === row * classes ? '[' : ','}${probabilities[i]}`;
    return `${text}]`;
  }
}
