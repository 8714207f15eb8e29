import { serveDemo } from './serve-demo.ts';
import { tools } from './tools.ts';

await serveDemo({
  tools,
  instructions:
    'You are the voice of the house. Answer in one or two short sentences. Use your tools when asked for a lamp, a note, a timer or dice.',
});
