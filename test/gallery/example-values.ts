/** Ids of secrets that a field shows as kept; no host is there that would know them. */
export const KEPT_SECRET = 'kept-in-the-keychain';
export const LOST_SECRET = 'lost-with-its-session';

const MINUTE = 60_000;
/** An ISO time as long ago as is said. Its words stay the same for nearly a minute. */
export const ago = (minutes: number): string =>
  new Date(Date.now() - (minutes + 0.05) * MINUTE).toISOString();

/** A tool's arguments as servers describe them: something of every kind of field. */
export const TOOL_SCHEMA = {
  type: 'object',
  required: ['query', 'limit', 'order', 'filter'],
  properties: {
    query: {
      type: 'string',
      description: 'What to look for, in plain words.',
      examples: ['open pull requests'],
    },
    limit: { type: 'integer', minimum: 1, maximum: 100, description: 'How many to answer at most.' },
    order: { enum: ['newest', 'oldest', 'most discussed'] },
    archived: { type: 'boolean', description: 'Look among what was put away too.' },
    fields: { type: 'array', uniqueItems: true, items: { enum: ['title', 'author', 'labels', 'state'] } },
    labels: { type: 'array', items: { type: 'string' } },
    filter: {
      type: 'object',
      required: ['author'],
      properties: { author: { type: 'string' }, since: { type: 'string', format: 'date' } },
    },
    target: {
      oneOf: [
        { title: 'Repository', type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        {
          title: 'Project',
          type: 'object',
          required: ['number'],
          properties: { number: { type: 'integer' } },
        },
      ],
    },
  },
};

/** What is rarer: names of one's own, anything at all, a choice of nothing, a list of objects, rows of numbers. */
export const RARE_SCHEMA = {
  type: 'object',
  required: ['lines'],
  properties: {
    labels: { type: 'object', additionalProperties: { type: 'string' }, description: 'Any name, any text.' },
    anything: { description: 'Whatever the server understands.' },
    note: { type: ['string', 'null'] },
    lines: {
      type: 'array',
      items: {
        type: 'object',
        required: ['article'],
        properties: { article: { type: 'string' }, count: { type: 'integer', minimum: 1 } },
      },
    },
    rows: { type: 'array', items: { type: 'array', items: { type: 'number' } } },
    left: { type: 'object', properties: { out: { type: 'string' } } },
  },
};
