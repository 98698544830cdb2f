import { LEAF_UNIT, type Tree } from '../forest/tree.ts';
import { isIdentity, type Preparation } from '../prepare/preparation.ts';
import { preparationGraph } from './preparation-graph.ts';
import {
  batchTensor,
  dataType,
  doublesAttribute,
  doubleTensor,
  encodeModel,
  intAttribute,
  intsAttribute,
  stringAttribute,
  stringsAttribute,
} from './schema.ts';

type Forest = {
  trees: readonly Tree[];
  features: number;
  classes: number;
  /** Makes the features of raw columns, inside the model. */
  preparation?: Preparation;
};

/**
 * A forest as an ONNX model: input `features` FP64 [rows, F]; outputs `label` INT64 [rows] (index of the class with most
 * votes, the lowest on a tie) and `probability` FP64 [rows, C] (votes / trees, exact). Leaves with weights split their votes.
 * With a preparation, the inputs are the raw columns instead.
 */
export function exportForest({ trees, features, classes, preparation }: Forest): Uint8Array {
  const nodes = ensembleAttributes(trees, classes);
  const whole = trees.length * (trees.some(splitsVotes) ? LEAF_UNIT : 1);
  const raw = preparation && !isIdentity(preparation) ? preparationGraph(preparation) : undefined;
  const own = raw?.own ?? ((name: string) => name);
  return encodeModel({
    irVersion: 8,
    producerName: 'coppice',
    opsetImport: [
      { domain: '', version: 17 },
      { domain: 'ai.onnx.ml', version: 3 },
    ],
    graph: {
      name: 'forest',
      node: [
        ...(raw?.node ?? []),
        {
          name: 'votes',
          opType: 'TreeEnsembleClassifier',
          domain: 'ai.onnx.ml',
          input: [raw?.output ?? 'features'],
          output: [own('operator_label'), own('votes_fp32')],
          attribute: nodes,
        },
        // with two classes the operator's own label is not the one with most votes: it is the second at any score above 0
        {
          name: 'most_votes',
          opType: 'ArgMax',
          input: [own('votes_fp32')],
          output: ['label'],
          attribute: [intAttribute('axis', 1), intAttribute('keepdims', 0), intAttribute('select_last_index', 0)],
        },
        // the operator's scores are FP32 whatever its input: whole votes stay exact, shares would be rounded
        {
          name: 'to_double',
          opType: 'Cast',
          input: [own('votes_fp32')],
          output: [own('votes')],
          attribute: [intAttribute('to', dataType.double)],
        },
        { name: 'share', opType: 'Div', input: [own('votes'), own('trees')], output: ['probability'] },
      ],
      initializer: [...(raw?.initializer ?? []), doubleTensor(own('trees'), [whole])],
      input: raw?.input ?? [batchTensor('features', dataType.double, features)],
      output: [batchTensor('label', dataType.int64), batchTensor('probability', dataType.double, classes)],
    },
  });
}

function splitsVotes(tree: Tree): boolean {
  return 'vote' in tree ? tree.weights !== undefined : splitsVotes(tree.below) || splitsVotes(tree.above);
}

function ensembleAttributes(trees: readonly Tree[], classes: number): object[] {
  const nodes = {
    tree: [] as number[],
    id: [] as number[],
    feature: [] as number[],
    mode: [] as string[],
    threshold: [] as number[],
    below: [] as number[],
    above: [] as number[],
  };
  const votes = { tree: [] as number[], node: [] as number[], class: [] as number[], weight: [] as number[] };

  trees.forEach((tree, treeIndex) => {
    let next = 0;
    const add = (node: Tree): number => {
      const id = next++;
      const at = nodes.tree.length;
      const leaf = 'vote' in node;
      nodes.tree.push(treeIndex);
      nodes.id.push(id);
      nodes.mode.push(leaf ? 'LEAF' : 'BRANCH_LT');
      nodes.feature.push(leaf ? 0 : node.feature);
      nodes.threshold.push(leaf ? 0 : node.threshold);
      nodes.below.push(0);
      nodes.above.push(0);
      if (leaf) {
        const weights = node.weights ?? [];
        addVote(treeIndex, id, node.vote, node.weights ? (weights[node.vote] as number) : 1);
        // a class without weight for a row is missing rather than 0, and with two classes that changes the other's score
        for (let other = 0; other < classes; other++)
          if (other !== node.vote && (treeIndex === 0 || weights[other]))
            addVote(treeIndex, id, other, weights[other] ?? 0);
      } else {
        nodes.below[at] = add(node.below);
        nodes.above[at] = add(node.above);
      }
      return id;
    };
    add(tree);
  });

  function addVote(tree: number, node: number, classIndex: number, weight: number) {
    votes.tree.push(tree);
    votes.node.push(node);
    votes.class.push(classIndex);
    votes.weight.push(weight);
  }

  return [
    intsAttribute('nodes_treeids', nodes.tree),
    intsAttribute('nodes_nodeids', nodes.id),
    intsAttribute('nodes_featureids', nodes.feature),
    stringsAttribute('nodes_modes', nodes.mode),
    doublesAttribute('nodes_values_as_tensor', nodes.threshold),
    intsAttribute('nodes_truenodeids', nodes.below),
    intsAttribute('nodes_falsenodeids', nodes.above),
    intsAttribute('class_treeids', votes.tree),
    intsAttribute('class_nodeids', votes.node),
    intsAttribute('class_ids', votes.class),
    doublesAttribute('class_weights_as_tensor', votes.weight),
    intsAttribute(
      'classlabels_int64s',
      Array.from({ length: classes }, (_, index) => index),
    ),
    stringAttribute('post_transform', 'NONE'),
  ];
}
