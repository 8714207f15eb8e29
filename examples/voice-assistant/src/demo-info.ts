import { useEffect, useState } from 'react';
import * as z from 'zod/mini';

const demoInfo = z.object({
  model: z.enum(['local', 'openai', 'custom']),
  name: z.string(),
  hears: z.boolean(),
  /** The most telling first. */
  hints: z.array(z.string()),
  /** Whether there is a page at `/voice/CONVERSATION`, on which a phone becomes the microphone. */
  phone: z.optional(z.boolean()),
});

/** What the server says of itself: the model in use, whether it understands speech, what one can say. */
export type DemoInfo = z.infer<typeof demoInfo>;

/** Asks the server once; `null` until it answered. */
export function useDemoInfo(): DemoInfo | null {
  const [info, setInfo] = useState<DemoInfo | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    fetch('/demo/info', { signal: abort.signal })
      .then((response) => response.json())
      .then((body) => setInfo(demoInfo.parse(body)))
      .catch(() => {
        // The page works without it: it only says less about the model.
      });
    return () => abort.abort();
  }, []);
  return info;
}
