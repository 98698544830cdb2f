/** What a command of the registry needs to mean this model: nothing for the one that it means by itself. */
export function ofModel(model: string): string {
  return model === 'iris' ? '' : ` --model ${model}`;
}
