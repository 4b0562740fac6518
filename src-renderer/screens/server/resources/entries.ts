/** A resource, or a template of many. Parsed out of what the server sent; shown as text only. */
export type Entry = {
  key: string;
  isTemplate: boolean;
  /** Its address, or the template of one. */
  uri: string;
  name: string;
  description?: string;
  mimeType?: string;
  size?: number;
};

type Json = Record<string, unknown>;

function entryOf(value: unknown, isTemplate: boolean): Entry[] {
  if (typeof value !== 'object' || value === null) return [];
  const { uri, uriTemplate, name, title, description, mimeType, size } = value as Json;
  const address = isTemplate ? uriTemplate : uri;
  if (typeof address !== 'string') return [];
  const called = [title, name].find((word) => typeof word === 'string' && word !== '') as string | undefined;
  return [
    {
      key: `${isTemplate ? 'template' : 'resource'} ${address}`,
      isTemplate,
      uri: address,
      name: called ?? address,
      ...(typeof description === 'string' && { description }),
      ...(typeof mimeType === 'string' && { mimeType }),
      ...(typeof size === 'number' && { size }),
    },
  ];
}

/** Everything `resource.list` answered, each address once. */
export function entriesOf(answer: { resources: unknown[]; resourceTemplates: unknown[] }): Entry[] {
  const all = [
    ...answer.resources.flatMap((value) => entryOf(value, false)),
    ...answer.resourceTemplates.flatMap((value) => entryOf(value, true)),
  ];
  return [...new Map(all.map((entry) => [entry.key, entry])).values()];
}
