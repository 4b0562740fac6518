// Tools with every shape of arguments that a form has to show, friendly and hostile; each answers with what it was given.
import { serve, text, tool } from './bare-protocol.mjs';

const object = (properties, more = {}) => ({ type: 'object', properties, ...more });
const string = (more = {}) => ({ type: 'string', ...more });
const deep = (depth) => (depth === 0 ? string() : object({ [`level ${depth}`]: deep(depth - 1) }));

const SHAPES = {
  nested: object(
    {
      title: string({ description: 'What it is called.', minLength: 3, maxLength: 40 }),
      author: object(
        { name: string(), email: string({ format: 'email' }), since: string({ format: 'date' }) },
        { required: ['name'], description: 'Who wrote it.' },
      ),
      lines: {
        type: 'array',
        description: 'One of each thing that is ordered.',
        minItems: 1,
        items: object(
          {
            article: string({ pattern: '^[A-Z]{2}-\\d+$', description: 'Two letters, a dash, digits.' }),
            count: { type: 'integer', minimum: 1, maximum: 99, default: 1 },
          },
          { required: ['article'] },
        ),
      },
    },
    { required: ['title', 'lines'] },
  ),
  choices: object(
    {
      order: { enum: ['newest', 'oldest', 'most discussed'], default: 'newest' },
      level: { enum: [1, 2, null] },
      kind: { const: 'report' },
      note: { type: ['string', 'null'], description: 'May be nothing at all.' },
      when: { anyOf: [string({ format: 'date-time' }), { type: 'null' }] },
      target: {
        oneOf: [
          object(
            { kind: { const: 'repository' }, name: string() },
            { title: 'Repository', required: ['name'] },
          ),
          object(
            { kind: { const: 'project' }, number: { type: 'integer' } },
            { title: 'Project', required: ['number'] },
          ),
        ],
      },
      dry: { type: 'boolean', default: true, description: 'Only say what would be done.' },
      share: { type: 'number', exclusiveMinimum: 0, maximum: 1, multipleOf: 0.05 },
    },
    { required: ['target', 'kind'] },
  ),
  lists: object({
    words: { type: 'array', items: string() },
    fields: { type: 'array', uniqueItems: true, items: { enum: ['title', 'author', 'labels', 'state'] } },
    pair: { type: 'array', prefixItems: [string(), { type: 'integer' }], minItems: 2, maxItems: 2 },
    rows: { type: 'array', items: { type: 'array', items: { type: 'number' } } },
    anything: {},
  }),
  maps: object({
    labels: object({}, { additionalProperties: string(), description: 'Any name, any text.' }),
    limits: object({}, { additionalProperties: { type: 'integer', minimum: 0 } }),
    places: object({}, { additionalProperties: object({ city: string() }, { required: ['city'] }) }),
    open: object({ known: string() }, { additionalProperties: true }),
  }),
  recursive: {
    ...object({ root: { $ref: '#/$defs/node' } }, { required: ['root'] }),
    $defs: {
      node: object(
        { name: string(), children: { type: 'array', items: { $ref: '#/$defs/node' } } },
        { required: ['name'] },
      ),
    },
  },
  words: object(
    {
      'a name with spaces': string({ description: 'Spaces are allowed.' }),
      'größe/höhe~1': { type: 'number' },
      اسم: string({ description: 'من اليمين إلى اليسار' }),
      検索: string(),
      '': string({ description: 'Its name is empty.' }),
      constructor: string(),
      ['x'.repeat(90)]: string({ description: 'Its name is long. '.repeat(20) }),
    },
    { required: ['a name with spaces', 'constructor'] },
  ),
  wide: object(Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`property_${n + 1}`, string()]))),
  deep: deep(20),
  circular: { ...object({ self: { $ref: '#/properties/self' }, all: { $ref: '#' } }) },
  broken: object({
    pattern: string({ pattern: '([' }),
    nowhere: { $ref: '#/$defs/missing' },
    no: false,
    yes: true,
    odd: { type: 'strange' },
  }),
};

serve({
  tools: Object.entries(SHAPES).map(([name, inputSchema]) => tool(name, { inputSchema })),
  call: (name, args) => text(JSON.stringify(args)),
});
