import { serveDemo } from 'example-voice-assistant/serve-demo';
import { tools } from 'example-voice-assistant/tools';
import { pageFolder } from './page-folder.ts';

await serveDemo({
  tools,
  instructions:
    'You are the voice of a house in which several people talk to you at once. Answer in one or two short sentences, and use your tools when asked.',
  hearEachOther: true,
  page: { folder: pageFolder, button: 'Join' },
});
