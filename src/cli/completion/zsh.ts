import { type CommandShape, listPaths, listValueFlags } from './describe-commands.ts';

/** A zsh script that completes the given commands, with descriptions; files where no word is known. */
export function renderZsh(shape: CommandShape): string {
  const paths = listPaths(shape);
  const steps = paths.slice(1).map(({ path }) => `"${['', ...path].join(' ')}"`);
  const values = [...listValueFlags(shape)].map(([name, known]) =>
    known.length === 0 ? `    ${name}) _files; return ;;` : `    ${name}) compadd -- ${known.join(' ')}; return ;;`,
  );
  const items = paths.map(({ path, shape: { commands, words, flags } }) => {
    const described = [...commands, ...words.map((name) => ({ name, description: '' })), ...flags];
    const all = described.map(({ name, description }) => `      ${quote(`${escapeColons(name)}:${description}`)}`);
    return `    "${path.map((name) => ` ${name}`).join('')}") items=(\n${all.join('\n')}\n    ) ;;`;
  });
  return `#compdef chatbench
# chatbench: completion for zsh
_chatbench() {
  local command_path="" word
  local -a items
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$command_path $word" in
      ${steps.join('|')}) command_path="$command_path $word" ;;
    esac
  done
  case "\${words[CURRENT-1]}" in
${values.join('\n')}
  esac
  case "$command_path" in
${items.join('\n')}
  esac
  _describe chatbench items || _files
}
if [ "$funcstack[1]" = "_chatbench" ]; then _chatbench "$@"; else compdef _chatbench chatbench; fi`;
}

function escapeColons(text: string): string {
  return text.replaceAll(':', '\\:');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
