// Asks its client back in the middle of a call: the roots, a form, a model's answer.
import { ask, serve, text, tool } from './bare-protocol.mjs';

const asks = {
  roots: () => ask('roots/list'),
  form: () =>
    ask('elicitation/create', {
      message: 'Which city?',
      requestedSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    }),
  model: () =>
    ask('sampling/createMessage', {
      systemPrompt: 'Be brief.',
      maxTokens: 10,
      messages: [{ role: 'user', content: { type: 'text', text: 'What is a jackfield?' } }],
    }),
  env: async () => process.env,
};
serve({
  tools: Object.keys(asks).map((name) => tool(name)),
  call: async (name) => {
    try {
      return text(JSON.stringify(await asks[name]()));
    } catch (error) {
      return text(`refused: ${error.message}`);
    }
  },
});
