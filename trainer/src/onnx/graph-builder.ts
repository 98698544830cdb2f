import { doubleTensor, int64Tensor } from './schema.ts';

/** Collects nodes and constants of a graph. Its names begin with a prefix that no input has. */
export class GraphBuilder {
  readonly node: object[] = [];
  readonly initializer: object[] = [];
  readonly prefix: string;
  #constants = new Map<string, string>();

  constructor(inputs: readonly string[]) {
    let prefix = 'coppice:';
    while (inputs.some((name) => name.startsWith(prefix))) prefix += ':';
    this.prefix = prefix;
  }

  /** Adds a node with one output; returns the output's name. */
  add(opType: string, input: string[], attribute: object[] = [], domain = ''): string {
    const output = `${this.prefix}${this.node.length}`;
    this.node.push({ opType, domain, input, output: [output], attribute });
    return output;
  }

  double(value: number): string {
    return this.#constant(`${this.prefix}double ${value}`, (name) => doubleTensor(name, [value]));
  }

  /** The whole numbers from 0 to below `size`. */
  range(size: number): string {
    return this.#constant(`${this.prefix}range ${size}`, (name) => int64Tensor(name, [...Array(size).keys()]));
  }

  #constant(name: string, make: (name: string) => object): string {
    return this.#constants.getOrInsertComputed(name, () => {
      this.initializer.push(make(name));
      return name;
    });
  }
}
