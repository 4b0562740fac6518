import { isMap, mapOf, samePlain, type Plain } from '../plain.js';
import { variableFor } from './references.js';

/** VS Code's description of a value it asks for: https://code.visualstudio.com/docs/reference/variables-reference */
export type Input = { type: 'promptString'; id: string; description: string; password: true };

/** The input that stands for a secret of a server; `name` is that of its variable or header. */
export function inputFor(server: string, name: string): Input {
  const id = variableFor(server, name).toLowerCase().replaceAll('_', '-');
  return { type: 'promptString', id, description: `${name} for ${server}`, password: true };
}

/** True for an input that is, in every part, what Jackfield writes: its own description says what made its id. */
export function isOurInput(input: Plain): boolean {
  if (!isMap(input) || typeof input['description'] !== 'string') return false;
  const [, name, server] = /^(\S+) for (.+)$/s.exec(input['description']) ?? [];
  return (
    name !== undefined &&
    server !== undefined &&
    samePlain(input, mapOf(Object.entries(inputFor(server, name))))
  );
}
