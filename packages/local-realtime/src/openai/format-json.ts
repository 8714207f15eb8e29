import type { SessionConfig } from '@voice-bridge/core/openai';
import type { AudioFormat } from '../call/sound/audio-format.ts';

type FormatJson = NonNullable<
  NonNullable<NonNullable<Extract<SessionConfig, { type: 'realtime' }>['audio']>['output']>['format']
>;

/** A format as sessions and responses tell it. */
export function formatJson(format: AudioFormat): FormatJson {
  return format === 'pcm' ? { type: 'audio/pcm', rate: 24_000 } : { type: `audio/${format}` };
}

/** A session's format in the turn loop's words; the default is PCM. */
export function formatOf(format: FormatJson | undefined): AudioFormat {
  switch (format?.type) {
    case 'audio/pcmu':
      return 'pcmu';
    case 'audio/pcma':
      return 'pcma';
    default:
      return 'pcm';
  }
}
