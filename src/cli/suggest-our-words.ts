/** What other load testers call it, and what it is called here. */
const OPTIONS: Readonly<Record<string, string>> = {
  '--rps': '--rate',
  '--qps': '--rate',
  '--arrival-rate': '--rate',
  '-R': '--rate',
  '--vus': '--clients',
  '--users': '--clients',
  '--concurrency': '--clients',
  '-u': '--clients',
  '-c': '--clients',
  '--time': '--duration',
  '-d': '--duration',
  '-t': '--duration',
};
const COMMANDS: Readonly<Record<string, string>> = { list: 'scenarios', ls: 'scenarios', start: 'target up' };

/**
 * `, did you mean --rate?` for a word of another tool; empty where we know none.
 *
 * @param message  commander's: 'unknown option "--rps"'
 * @param options  that the command has
 */
export function suggestOurWord(message: string, options: readonly string[]): string {
  const [, kind, word = ''] = /^unknown (option|command) "([^"]+)"/.exec(message) ?? [];
  const ours = kind === 'option' ? OPTIONS[word] : COMMANDS[word];
  if (kind === undefined || ours === undefined || (kind === 'option' && !options.includes(ours))) return '';
  return `, did you mean ${ours}?`;
}
