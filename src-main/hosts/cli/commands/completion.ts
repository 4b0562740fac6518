import { Argument, Command } from 'commander';
import { candidatesFor } from '../completion/candidates.js';
import { SCRIPTS, SHELLS, type Shell } from '../completion/scripts.js';
import { EXIT } from '../command-error.js';
import type { Perform } from '../program.js';

/** `completion` prints what a shell loads; `complete`, which nobody types, is what that asks at each Tab. */
export function completionCommands(program: Command, perform: Perform): Command[] {
  const completion = new Command('completion')
    .summary('print the completion script of a shell')
    .description(
      `Print the completion script of a shell. To have it at every start:
  bash: echo 'eval "$(jackfield completion bash)"' >> ~/.bashrc
  zsh:  echo 'eval "$(jackfield completion zsh)"' >> ~/.zshrc (after compinit)
  fish: jackfield completion fish > ~/.config/fish/completions/jackfield.fish`,
    )
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: Shell) => void process.stdout.write(SCRIPTS[shell]));
  const complete = new Command('complete')
    .argument('[words...]')
    .option('--data-dir <dir>')
    .helpOption(false)
    .exitOverride();
  complete.action((words: string[]) =>
    perform(complete, async ({ dataDir }) => {
      const found = await candidatesFor(program, words, dataDir);
      process.stdout.write(found.map(({ word, about }) => `${word}\t${about}\n`).join(''));
      return EXIT.done;
    }),
  );
  return [completion, complete];
}
