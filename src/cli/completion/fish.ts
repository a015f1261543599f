import { type CommandShape, listPaths } from './describe-commands.ts';

/** A fish script that completes the given commands, with descriptions; files where no word is known. */
export function renderFish(shape: CommandShape): string {
  const lines = listPaths(shape).flatMap(({ path, shape: { commands, words, flags } }) => {
    const start = `complete -c chatbench -n ${quote(condition(path, commands))}`;
    return [
      ...commands.map(({ name, description }) => `${start} -f -a ${name} -d ${quote(description)}`),
      ...(words.length === 0 ? [] : [`${start} -a ${quote(words.join(' '))}`]),
      ...flags.map(({ name, description, takesValue, values }) => {
        const value = values.length > 0 ? ` -x -a ${quote(values.join(' '))}` : takesValue ? ' -r' : '';
        return `${start} -l ${name.replace(/^--/, '')}${value} -d ${quote(description)}`;
      }),
    ];
  });
  return ['# chatbench: completion for fish', ...lines].join('\n');
}

/** Holds where the path has been typed, and none of the commands below it. */
function condition(path: readonly string[], below: readonly CommandShape[]): string {
  if (path.length === 0) return '__fish_use_subcommand';
  const typed = path.map((name) => `__fish_seen_subcommand_from ${name}`);
  const further =
    below.length === 0 ? [] : [`not __fish_seen_subcommand_from ${below.map(({ name }) => name).join(' ')}`];
  return [...typed, ...further].join('; and ');
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
