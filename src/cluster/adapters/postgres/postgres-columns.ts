import type { ChatMessage } from '../../ports/chat-message.ts';

/** Rooms, ids, senders, times and bodies of a batch, each as an array literal of Postgres. */
export function toColumns(batch: readonly ChatMessage[]): string[] {
  return [
    toNames(batch.map(({ room }) => room)),
    toNames(batch.map(({ id }) => id)),
    toNames(batch.map(({ from }) => from)),
    toNumbers(batch.map(({ at }) => at)),
    `{"${batch.map(({ bodyJson }) => bodyJson.replace(/["\\]/g, '\\$&')).join('","')}"}`,
  ];
}

/** Names have no character that an array literal must escape; quoted, because NULL would be no name. */
export function toNames(names: readonly string[]): string {
  return names.length === 0 ? '{}' : `{"${names.join('","')}"}`;
}

export function toNumbers(numbers: readonly (number | string)[]): string {
  return `{${numbers.join(',')}}`;
}
