import type { ControlState } from '../../control/control-store.ts';
import type { Retention } from '../record-config.ts';
import type { RecordReader, RecordWriter } from '../store.ts';
export async function openPostgres(
  _url: string,
  _retention: Retention,
  _changed: (s: ControlState) => void,
): Promise<RecordWriter & RecordReader> {
  throw new Error('not yet');
}
