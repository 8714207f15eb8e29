import { serveDemo } from 'example-voice-assistant/serve-demo';
import { tools } from './tools.ts';

await serveDemo({
  tools,
  instructions:
    'You are the voice of a workshop. Answer in one or two short sentences. Hand questions to the team and coding tasks to the code agent; say in one sentence what came of it.',
});
