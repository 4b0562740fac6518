import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

// A small MCP server that ships with the app, so that everything can be tried offline with nothing to install.
// A process of its own: it imports nothing of the app.

type Text = { content: { type: 'text'; text: string }[] };
const text = (value: string): Text => ({ content: [{ type: 'text', text: value }] });

function createServer(): McpServer {
  const server = new McpServer({ name: 'jackfield-sample', version: '1.0.0' });
  const notes: { title: string; body: string; tags: string[] }[] = [];

  server.registerTool(
    'echo',
    {
      title: 'Echo',
      description: 'Answers with the message it was given.',
      inputSchema: z.object({ message: z.string().describe('What to say back') }),
      annotations: { readOnlyHint: true },
    },
    ({ message }) => text(message),
  );

  server.registerTool(
    'calculate',
    {
      title: 'Calculate',
      description: 'Adds, subtracts, multiplies or divides two numbers.',
      inputSchema: z.object({
        a: z.number().describe('First number'),
        b: z.number().describe('Second number'),
        operation: z.enum(['add', 'subtract', 'multiply', 'divide']).default('add'),
      }),
      annotations: { readOnlyHint: true },
    },
    ({ a, b, operation }) => {
      if (operation === 'divide' && b === 0)
        return { ...text('Nothing can be divided by zero.'), isError: true };
      const results = { add: a + b, subtract: a - b, multiply: a * b, divide: a / b };
      return text(String(results[operation]));
    },
  );

  server.registerTool(
    'take_note',
    {
      title: 'Take note',
      description: 'Keeps a note until the server stops, and answers with all notes so far.',
      inputSchema: z.object({
        title: z.string().min(1).max(80),
        body: z.string().default(''),
        tags: z.array(z.string()).default([]),
      }),
      outputSchema: z.object({
        notes: z.array(z.object({ title: z.string(), body: z.string(), tags: z.array(z.string()) })),
      }),
    },
    (note) => {
      notes.push(note);
      return {
        ...text(notes.map(({ title }) => `- ${title}`).join('\n')),
        structuredContent: { notes: [...notes] },
      };
    },
  );

  server.registerResource(
    'about',
    'sample://about',
    { title: 'About this server', mimeType: 'text/plain' },
    (uri) => ({
      contents: [
        { uri: uri.href, mimeType: 'text/plain', text: 'The sample server that comes with Jackfield.' },
      ],
    }),
  );

  server.registerPrompt(
    'summarize',
    {
      title: 'Summarize',
      description: 'Asks for a summary of a text.',
      argsSchema: z.object({ topic: z.string().describe('What to summarize') }),
    },
    ({ topic }) => ({
      messages: [{ role: 'user', content: { type: 'text', text: `Summarize ${topic} in three sentences.` } }],
    }),
  );
  return server;
}

serveStdio(createServer);
