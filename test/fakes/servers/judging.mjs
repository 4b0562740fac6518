// Tools whose output schemas and results, both the server's own, are right, wrong, broken, or a program without an end.
import { serve, text, tool } from './bare-protocol.mjs';

const object = (properties, more = {}) => ({ type: 'object', properties, ...more });
const nested = (depth, leaf) => JSON.parse('{"n":'.repeat(depth) + JSON.stringify(leaf) + '}'.repeat(depth));

/** Name → [output schema, structured content]. */
const TOOLS = {
  right: [object({ count: { type: 'integer' } }), { count: 3 }],
  wrong: [object({ count: { type: 'integer' } }), { count: 'three' }],
  absent: [object({ count: { type: 'integer' } }), undefined],
  backtracking: [object({ a: { type: 'string', pattern: '^(a+)+$' } }), { a: `${'a'.repeat(40)}!` }],
  branching: [
    { ...object({}), $ref: '#/$defs/n', $defs: { n: { properties: { n: { allOf: [ref(), ref()] } } } } },
    nested(60, 1),
  ],
  quadratic: [object({ all: { uniqueItems: true } }), { all: Array.from({ length: 60_000 }, (_, i) => [i]) }],
  looping: [{ type: 'object', $ref: '#' }, {}],
  'bad-pattern': [object({ a: { pattern: '(' } }), { a: 'x' }],
  'bad-dialect': [object({}, { $schema: 'http://example.com/mine' }), {}],
  'bad-reference': [object({ a: { $ref: '#/nowhere' } }), { a: 1 }],
  deep: [object({}), nested(4_000, 1)],
};

function ref() {
  return { $ref: '#/$defs/n' };
}

serve({
  tools: Object.entries(TOOLS).map(([name, [outputSchema]]) => tool(name, { outputSchema })),
  call: (name) => ({ ...text(name), structuredContent: TOOLS[name][1] }),
});
