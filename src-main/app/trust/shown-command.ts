import type { CommandLine } from '../../contract/index.js';

/**
 * Characters that show as nothing or make text show as something else: controls, line breaks, direction marks,
 * zero-width ones, unusual spaces, tags.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{DI}]|(?! )\p{Zs}/gu;

/** The same text with every character that cannot be seen spelled out: `⟨U+202E⟩`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (one) => {
    const code = (one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `⟨U+${code}⟩`;
  });
}

/** The whole command, one part a line, for a person to read. Nothing is left out and nothing can hide in it. */
export function shownCommand({ command, args, envNames, steering, cwd, envFile }: CommandLine): string[] {
  const others = envNames.filter((name) => !Object.hasOwn(steering, name));
  return [
    visible(command),
    ...args.map((arg) => `    ${arg === '' ? '(empty)' : visible(arg)}`),
    ...Object.entries(steering).map(([name, value]) => `Variable: ${visible(name)}=${visible(value)}`),
    ...(others.length > 0 ? [`Variables: ${visible(others.join(', '))}`] : []),
    ...(cwd === undefined ? [] : [`Folder: ${visible(cwd)}`]),
    ...(envFile === undefined ? [] : [`Env file: ${visible(envFile)}`]),
  ];
}
