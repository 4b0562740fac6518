/** How a client's file points at a value that stands elsewhere; without either, a value stands there in plain text. */
export type References = {
  /** An environment variable's value. */
  env?: (variable: string) => string;
  /** VS Code's `inputs`: asked for once, then kept in its own secret storage. */
  inputs?: true;
};

/** `${env:NAME}`: Cursor, Windsurf, VS Code and those that follow them. */
export const envColon: References = { env: (name) => `\${env:${name}}` };
/** `${NAME}`: Claude Code, Gemini CLI, Kiro and others. */
export const envBraces: References = { env: (name) => `\${${name}}` };
export const noReferences: References = {};

/** True for text that points at a value instead of holding it, in any client's way. */
export function isReference(text: string): boolean {
  return /\$\{[^}]+\}|\$\{\{[^}]+\}\}|\{(env|file):[^}]+\}|^\$[A-Za-z_][A-Za-z0-9_]*$|^%[A-Za-z_][A-Za-z0-9_]*%$|^(op|keychain|vault|env):\/\/|^env\.[A-Za-z_]\w*$/.test(
    text,
  );
}

/** `input:github_token` out of `${input:github_token}`, where the whole text is one. */
export function inputOf(text: string): string | undefined {
  return /\$\{input:([^}]+)\}/.exec(text)?.[1];
}

/** An environment variable's name for a secret of a server: `GITHUB_AUTHORIZATION`. */
export function variableFor(server: string, part: string): string {
  const words = `${server}_${part}`
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const name = words.toUpperCase() || 'SECRET';
  return /^\d/.test(name) ? `_${name}` : name;
}

/** The spelling our launcher knows: `${NAME}`. What no environment can answer stays as it is. */
export function toOurReference(text: string): string {
  return text
    .replace(/\{env:([A-Za-z_]\w*)\}/g, (whole, name: string, at: number) =>
      text[at - 1] === '$' ? whole : `\${${name}}`,
    )
    .replace(/^env\.([A-Za-z_]\w*)$/, '${$1}')
    .replace(/^%([A-Za-z_]\w*)%$/, '${$1}')
    .replace(/\$\{\{\s*(?:secrets|env)\.([A-Za-z_]\w*)\s*\}\}/g, '${$1}')
    .replace(/^\$\{userHome\}/, '~')
    .replace(/\$\{userHome\}/g, '${HOME}');
}

/** The client's spelling of the variables our launcher would put in. Where it has none the text stays. */
export function toTheirReference(text: string, references: References, home: string): string {
  const atHome = /^~(?=$|[/\\])/.test(text) ? home + text.slice(1) : text;
  const { env } = references;
  return env ? atHome.replace(/\$\{(?:env:)?([A-Za-z_]\w*)\}/g, (_, name: string) => env(name)) : atHome;
}
