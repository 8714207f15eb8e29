// Says one line to the model at OPENAI_BASE_URL with `openai`'s own class, and prints what it answers.
import { overNative } from './openai.ts';

const realtime = overNative(process.env.OPENAI_BASE_URL ?? '');
realtime.on('error', (error) => {
  console.error(error.message, error.cause);
  process.exitCode = 1;
  realtime.close();
});
realtime.on('session.created', () => {
  realtime.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What time is it?' }] },
  });
  realtime.send({ type: 'response.create', response: { output_modalities: ['text'] } });
});
realtime.on('response.output_text.done', ({ text }) => console.log(text));
realtime.on('response.done', () => realtime.close());
