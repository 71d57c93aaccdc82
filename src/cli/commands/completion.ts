import { Argument, type Command } from 'commander';
import { print, type Cli, type DefineCommand } from '../command.js';

/** All commands with their long options. */
type CommandTable = readonly { readonly name: string; readonly summary: string; readonly options: readonly string[] }[];

const SHELLS: Record<string, (commands: CommandTable) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `gd completion`: prints a script for a shell that completes commands, options and file names. */
export const defineCompletion: DefineCommand = (command, run) =>
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', INSTALL)
    .action(
      run((cli: Cli, shell: string) => {
        print({ ...cli, translate: (text) => text }, SHELLS[shell](tableOf(command.parent!))); // not translated: code
        return 0;
      }),
    );

const INSTALL = `
bash: gd-train completion bash >> ~/.bashrc
zsh:  gd-train completion zsh > ~/.zfunc/_gd-train   (with fpath+=~/.zfunc before compinit in ~/.zshrc)
fish: gd-train completion fish > ~/.config/fish/completions/gd-train.fish`;

function tableOf(program: Command): CommandTable {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.description(),
    options: [...command.options.flatMap(({ long, hidden }) => (long && !hidden ? [long] : [])), '--help'],
  }));
}

function bashScript(commands: CommandTable): string {
  const cases = commands.map(({ name, options }) => `    ${name}) words="${options.join(' ')}" ;;`);
  return `_gd_train() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words=""
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$word"))
  elif [[ "$word" == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  fi
}
complete -o default -F _gd_train gd gd-train`;
}

function zshScript(commands: CommandTable): string {
  const cases = commands.map(({ name, options }) => `    ${name}) compadd -- ${options.join(' ')} ;;`);
  return `#compdef gd gd-train
local -a commands=(
${commands.map(({ name, summary }) => `  '${name}:${withoutQuotes(summary)}'`).join('\n')}
)
if (( CURRENT == 2 )); then
  _describe command commands
elif [[ "$PREFIX" == -* ]]; then
  case "$words[2]" in
${cases.join('\n')}
  esac
else
  _files
fi`;
}

function fishScript(commands: CommandTable): string {
  const lines = commands.flatMap(({ name, summary, options }) => [
    `complete -c $program -n __fish_use_subcommand -f -a ${name} -d '${withoutQuotes(summary)}'`,
    ...options.map((option) => `complete -c $program -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`),
  ]);
  return `for program in gd gd-train\n  ${lines.join('\n  ')}\nend`;
}

const withoutQuotes = (text: string) => text.replaceAll("'", '');
