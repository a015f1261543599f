import { type CommandShape, listPaths, listValueFlags } from './describe-commands.ts';

/** A bash script that completes the given commands; files where no word is known. */
export function renderBash(shape: CommandShape): string {
  const paths = listPaths(shape);
  const steps = paths.slice(1).map(({ path }) => `"${['', ...path].join(' ')}"`);
  const values = [...listValueFlags(shape)].map(([name, known]) =>
    known.length === 0
      ? `    ${name}) return ;;`
      : `    ${name}) COMPREPLY=($(compgen -W "${known.join(' ')}" -- "$cur")); return ;;`,
  );
  const words = paths.map(({ path, shape: { commands, words: known, flags } }) => {
    const all = [...commands.map(({ name }) => name), ...known, ...flags.map(({ name }) => name)];
    return `    "${path.map((name) => ` ${name}`).join('')}") words="${all.join(' ')}" ;;`;
  });
  return `# chatbench: completion for bash
_chatbench() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
      ${steps.join('|')}) path="$path $word" ;;
    esac
  done
  case "$prev" in
${values.join('\n')}
  esac
  case "$path" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _chatbench chatbench`;
}
