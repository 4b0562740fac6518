import { contentBlock, type Block } from '../content/content-block.js';

export type PromptArgument = { name: string; description?: string; required: boolean };
/** A prompt as its server describes it; shown as text only. */
export type Prompt = { name: string; title?: string; description?: string; arguments: PromptArgument[] };
export type Message = { role: string; blocks: Block[] };

type Json = Record<string, unknown>;
const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function described(value: Json): { title?: string; description?: string } {
  const [title, description] = [text(value['title']), text(value['description'])];
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
}

export function promptOf(value: unknown): Prompt[] {
  if (!isMap(value) || typeof value['name'] !== 'string') return [];
  const list = Array.isArray(value['arguments']) ? (value['arguments'] as unknown[]) : [];
  const names = list.flatMap((argument) => {
    if (!isMap(argument) || typeof argument['name'] !== 'string') return [];
    return [{ name: argument['name'], required: argument['required'] === true, ...described(argument) }];
  });
  return [{ name: value['name'], ...described(value), arguments: names }];
}

export function messageOf(value: unknown): Message {
  if (!isMap(value)) return { role: 'unknown', blocks: [{ kind: 'unknown', value }] };
  const content = Array.isArray(value['content']) ? (value['content'] as unknown[]) : [value['content']];
  return { role: text(value['role']) ?? 'unknown', blocks: content.map(contentBlock) };
}
