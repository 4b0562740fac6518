/**
 * Splits a command line into words as a POSIX shell would read it: quotes and backslashes are resolved, nothing is
 * expanded. A trailing backslash-newline joins lines, so that a command copied from a README works.
 */
export function splitCommand(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let inWord = false;
  let quote: '"' | "'" | undefined;
  const text = line.replace(/\\\r?\n/g, ' ');
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index] as string;
    if (quote) {
      if (char === quote) quote = undefined;
      else if (char === '\\' && quote === '"' && /["\\$`]/.test(text[index + 1] ?? '')) word += text[++index];
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      inWord = true;
    } else if (char === '\\' && index + 1 < text.length && !isWindowsPath(text, index)) {
      word += text[++index];
      inWord = true;
    } else if (/\s/.test(char)) {
      if (inWord) words.push(word);
      word = '';
      inWord = false;
    } else {
      word += char;
      inWord = true;
    }
  }
  if (inWord) words.push(word);
  return words;
}

/** `C:\tools\x.exe`: there a backslash is part of the path. */
function isWindowsPath(text: string, index: number): boolean {
  return /(^|\s)[A-Za-z]:[^\s]*$/.test(text.slice(0, index));
}

const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./~-]+$/;

/** The words as one line that `splitCommand` reads back to the same. */
export function joinCommand(words: readonly string[]): string {
  return words.map((word) => (PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
