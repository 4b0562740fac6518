// 300 tools on pages of 25, resources and prompts on pages too, and a result of as many bytes as are asked for.
import { notify, send, serve, text, tool } from './bare-protocol.mjs';

const page = (all, { cursor }) => {
  const from = Number(cursor ?? 0);
  const more = from + 25 < all.length ? { nextCursor: String(from + 25) } : {};
  return [all.slice(from, from + 25), more];
};
const many = (count, make) => Array.from({ length: count }, (_, index) => make(index + 1));
let tools = [
  tool('bytes'),
  tool('grow'),
  tool('slow'),
  ...many(297, (n) => tool(`tool_${n}`, { description: `Number ${n}` })),
];
const resources = many(60, (n) => ({ uri: `fake://r/${n}`, name: `r${n}` }));
const prompts = many(30, (n) => ({ name: `p${n}` }));
const cancelled = new Set();

serve({
  capabilities: { tools: { listChanged: true }, resources: {}, prompts: {}, logging: {} },
  call: async (name, args, request) => {
    if (name === 'bytes') return text('b'.repeat(args.count));
    if (name === 'grow') {
      tools = [...tools, tool(`grown_${tools.length}`)];
      notify('notifications/tools/list_changed');
      return text(tools.length);
    }
    if (name !== 'slow') return text(name);
    const progressToken = request.params._meta?.progressToken;
    for (let step = 1; step <= args.steps; step += 1) {
      await new Promise((resolve) => setTimeout(resolve, args.stepMs));
      if (cancelled.has(request.id)) return void process.stderr.write('cancelled as asked\n');
      if (progressToken !== undefined)
        notify('notifications/progress', {
          progressToken,
          progress: step,
          total: args.steps,
          message: `step ${step}`,
        });
    }
    return text('slow done');
  },
  on: {
    'tools/list': (params) => {
      const [items, more] = page(tools, params);
      return { tools: items, ...more };
    },
    'resources/list': (params) => {
      const [items, more] = page(resources, params);
      return { resources: items, ...more };
    },
    'resources/read': ({ uri }) => ({ contents: [{ uri, text: `content of ${uri}` }] }),
    'prompts/list': (params) => {
      const [items, more] = page(prompts, params);
      return { prompts: items, ...more };
    },
    'prompts/get': ({ name }) => ({
      description: name,
      messages: [{ role: 'user', content: { type: 'text', text: `prompt ${name}` } }],
    }),
    'notifications/cancelled': ({ requestId }) => void cancelled.add(requestId),
    'notifications/initialized': () =>
      send({ method: 'notifications/message', params: { level: 'info', logger: 'huge', data: 'hello log' } }),
  },
});
