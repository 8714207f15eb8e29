/** Flite's voices: `slt` is a woman; `rms`, `awb` (Scottish) and `kal16` are men; `kal` is `kal16` at telephone quality. */
export const FLITE_VOICES = ['slt', 'rms', 'awb', 'kal16', 'kal'] as const;

/** One of {@link FLITE_VOICES}. */
export type FliteVoice = (typeof FLITE_VOICES)[number];

const BY_NAME: Readonly<Record<string, FliteVoice>> = {
  alloy: 'slt',
  ash: 'rms',
  ballad: 'awb',
  cedar: 'rms',
  coral: 'slt',
  echo: 'kal16',
  fable: 'awb',
  marin: 'slt',
  nova: 'slt',
  onyx: 'rms',
  sage: 'slt',
  shimmer: 'slt',
  verse: 'kal',
};

/** The Flite voice for an OpenAI voice name, or for one of Flite's own; `slt` for a name nobody knows. */
export function fliteVoice(name: string): FliteVoice {
  return FLITE_VOICES.find((voice) => voice === name) ?? BY_NAME[name] ?? 'slt';
}
