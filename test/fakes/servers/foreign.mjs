// Everything it says begins with "xx", so that a test of the window's own words can tell them from a server's.
import { serve, text, tool } from './bare-protocol.mjs';

serve({
  capabilities: { tools: {}, resources: {}, prompts: {} },
  tools: [
    tool('xx-tool', {
      description: 'xx does something',
      inputSchema: { type: 'object', properties: { 'xx-field': { type: 'string' } }, required: ['xx-field'] },
      annotations: { readOnlyHint: true },
    }),
  ],
  call: () => text('xx answer'),
  on: {
    'resources/list': () => ({ resources: [{ uri: 'xx://resource', name: 'xx-resource' }] }),
    'resources/templates/list': () => ({ resourceTemplates: [] }),
    'prompts/list': () => ({ prompts: [{ name: 'xx-prompt', description: 'xx prompts' }] }),
  },
});
