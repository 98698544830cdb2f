import type { FeatureValue } from '@coppice/contract';

export const languages = ['curl', 'fetch', 'Python'] as const;
export type Language = (typeof languages)[number];

type Call = { url: string; features: Record<string, FeatureValue>; needsKey: boolean };

/** A prediction request as code to paste and run. It shows where an API key goes, never the key. */
export function requestCode(language: Language, { url, features, needsKey }: Call): string {
  const body = JSON.stringify({ features });
  if (language === 'curl')
    return [
      `curl -sS ${shell(url)}`,
      `-H 'Content-Type: application/json'`,
      ...(needsKey ? ['-H "X-API-Key: $API_KEY"'] : []),
      `-d ${shell(body)}`,
    ].join(' \\\n  ');
  if (language === 'fetch')
    return [
      `const response = await fetch(${JSON.stringify(url)}, {`,
      "  method: 'POST',",
      `  headers: { 'Content-Type': 'application/json'${needsKey ? ", 'X-API-Key': apiKey" : ''} },`,
      `  body: JSON.stringify(${JSON.stringify({ features }, null, 2).replaceAll('\n', '\n  ')}),`,
      '});',
      'console.log(await response.json());',
    ].join('\n');
  return [
    ...(needsKey ? ['import os'] : []),
    'import json',
    'import urllib.request',
    '',
    `body = json.dumps(${pythonBody(features)}).encode()`,
    `headers = {"Content-Type": "application/json"${needsKey ? ', "X-API-Key": os.environ["API_KEY"]' : ''}}`,
    `request = urllib.request.Request(${JSON.stringify(url)}, body, headers)`,
    'print(json.load(urllib.request.urlopen(request)))',
  ].join('\n');
}

/** Quoted for a POSIX shell. */
const shell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** JSON of one value is Python too, but for its own words for booleans and for nothing. */
function pythonBody(features: Record<string, FeatureValue>): string {
  const entries = Object.entries(features).map(([name, value]) => `        ${JSON.stringify(name)}: ${python(value)}`);
  return `{\n    "features": {\n${entries.join(',\n')}\n    }\n}`;
}

function python(value: FeatureValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}
