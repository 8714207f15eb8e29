/** An answer that is long enough to be interrupted in its first half, also where everything takes longer. No pause in it ends a turn. */
export const STORY =
  'Once upon a time there was a lighthouse at the end of a long road, and nobody knew who lit its lamp, but every evening its light went round, and the ships far out at sea found their way home by it.';

/** Something to ask. */
export const QUESTION = 'What time is it in the lighthouse?';

/** What the tool gives back, and the local model therefore says. */
export const DRIVEN = 'I am going forward ten meters.';

/** A tool that can be called by voice, as the protocol describes it. */
export const DRIVE_TOOL = {
  type: 'function' as const,
  name: 'drive_forward',
  description: 'Drive forward. Say: "go forward ten meters", "go forward five meters".',
  parameters: { type: 'object', properties: { meters: { type: 'integer' } }, required: ['meters'] },
};

/** After which a session expires, on a clock that the test moves: moving it makes sound of as much time, all at once. */
export const EXPIRY_MS = 1_000;
