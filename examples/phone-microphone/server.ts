import { phoneRoutes } from 'example-voice-assistant/phone-pages';
import { serveDemo } from 'example-voice-assistant/serve-demo';
import { tools } from 'example-voice-assistant/tools';
import { pageFolder } from './page-folder.ts';

await serveDemo({
  tools,
  instructions:
    'You are the voice of the house. People talk to you from another room, through their phone. Answer in one or two short sentences, and use your tools when asked.',
  page: { folder: pageFolder, button: 'Start session', routes: phoneRoutes },
});
