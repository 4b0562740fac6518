import type { Tool } from '../../../../src-main/contract/index.js';

export type Trait = { label: string; tone: 'neutral' | 'attention'; hint: string };

/** What a tool claims of itself (MCP tool annotations). Claims, not facts: its server made them. */
export function traitsOf(tool: Tool): Trait[] {
  const claims = tool.annotations ?? {};
  const traits: Trait[] = [];
  if (claims['readOnlyHint'] === true)
    traits.push({ label: 'Read-only', tone: 'neutral', hint: 'It says that it changes nothing.' });
  else if (claims['destructiveHint'] === true)
    traits.push({
      label: 'Destructive',
      tone: 'attention',
      hint: 'It says that it may delete or overwrite.',
    });
  if (claims['idempotentHint'] === true && claims['readOnlyHint'] !== true)
    traits.push({
      label: 'Idempotent',
      tone: 'neutral',
      hint: 'It says that calling it again changes nothing more.',
    });
  if (claims['openWorldHint'] === true)
    traits.push({
      label: 'Open world',
      tone: 'neutral',
      hint: 'It says that it deals with things outside of its server.',
    });
  return traits;
}

/** A name for people: the tool's own title, else that of its annotations. */
export function titleOf(tool: Tool): string | undefined {
  const title = tool.title ?? tool.annotations?.['title'];
  return typeof title === 'string' && title !== '' && title !== tool.name ? title : undefined;
}

/** Tools that hold every word; those whose name holds them first. */
export function searchTools(tools: readonly Tool[], query: string): Tool[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...tools];
  const scored = tools.flatMap((tool) => {
    const name = `${tool.name} ${titleOf(tool) ?? ''}`.toLowerCase();
    const all = `${name} ${tool.description ?? ''}`.toLowerCase();
    if (!words.every((word) => all.includes(word))) return [];
    return [{ tool, score: words.filter((word) => name.includes(word)).length }];
  });
  return scored.sort((a, b) => b.score - a.score).map(({ tool }) => tool);
}
