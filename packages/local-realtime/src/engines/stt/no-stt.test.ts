import { expect, it } from 'vitest';
import { anySignal } from '../engine-test-support.ts';
import { createNoStt } from './no-stt.ts';

it('rejects every utterance and says what to install', async () => {
  const stt = createNoStt();
  expect(stt.name).toBe('none');
  const heard = stt.recognise(new Int16Array(160), { phrases: ['hello'] }, anySignal());
  await expect(heard).rejects.toMatchObject({
    code: 'recogniser_missing',
    hint: expect.stringContaining('pocketsphinx'),
  });
  await stt.close();
});
