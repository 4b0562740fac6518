import { parse } from 'shell-quote';

/** What stands before a command where somebody copied it out of a terminal. */
const PROMPT = /^(?:[$>%❯➜»]|PS [^>\n]*>|[A-Za-z]:\\[^>\n]*>|[\w.-]+@[\w.-]+[: ][^$#\n]{0,200}[$#%])\s+/u;

/**
 * A line as it was typed: without the prompt, and with the quotes and dashes that word processors and chats put in the
 * place of a keyboard's.
 */
export function asTyped(text: string): string {
  return text
    .trim()
    .replace(PROMPT, '')
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’‚]/g, "'")
    .replace(/(^|\s)[–—](?=\w(?:\s|$))/g, '$1-')
    .replace(/(^|\s)[–—](?=\w)/g, '$1--')
    .trim();
}

/** Ends of a line that say "it goes on": a POSIX shell's, PowerShell's, and those of Windows' cmd. */
export const joinedLines = (text: string): string => text.replace(/\\\r?\n|`\r?\n|\^\r?\n/g, ' ');

/** `<your-token>`, which to a shell would be two files. */
export const PLACEHOLDER = /<[A-Za-z](?:[^<>|&;"'\n]{0,80}[^<>|&;"'\s])?>/;
const PLACEHOLDERS = new RegExp(PLACEHOLDER, 'g');
/** What stands for its signs while a shell's rules are followed. */
const [OPEN, CLOSE, SPACE] = ['\ue000', '\ue001', '\ue002'];

const veiled = (text: string): string =>
  text.replace(PLACEHOLDERS, (found) => `${OPEN}${found.slice(1, -1).replaceAll(' ', SPACE)}${CLOSE}`);
const unveiled = (text: string): string =>
  text.replaceAll(OPEN, '<').replaceAll(CLOSE, '>').replaceAll(SPACE, ' ');

const WINDOWS_PATH =
  /(?:^|[\s"=])(?:[A-Za-z]:|\.{1,2}|~|\.[\w-]+|%\w+%|<[^<>\s]+>)\\(?=[\w.]|$)|(?:^|\s)"?[A-Za-z]:\\/;

/** One command after the other, each as its words; `undefined` where the shell is asked for more than that. */
export function commandsOf(line: string): string[][] | undefined {
  const plain = line.replaceAll('$(pwd)', '${PWD}');
  if (/\$\(/.test(plain)) return undefined;
  // Windows paths would lose their backslashes to a POSIX shell's rules.
  const escaped = WINDOWS_PATH.test(plain) ? plain.replaceAll('\\', '\\\\') : plain;
  const commands: string[][] = [[]];
  for (const part of parse(veiled(escaped), (name) => `\${${name}}`)) {
    if (typeof part === 'string') commands.at(-1)?.push(unveiled(part));
    else if ('op' in part && part.op === 'glob' && 'pattern' in part)
      commands.at(-1)?.push(unveiled(part.pattern));
    else if ('op' in part && (part.op === '&&' || part.op === ';')) commands.push([]);
    else if ('comment' in part) break;
    else return undefined;
  }
  return commands.filter((words) => words.length > 0);
}
