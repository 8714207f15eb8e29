import type { NewContent, NewItem } from '../../openai/client-command.ts';
import { type ApiProblem, invalidRequest } from '../../openai/problem.ts';
import {
  type AudioFormat,
  bytesPerMs,
  decodeAudio,
  fromBase64,
  resampleWhole,
  sampleRateOf,
} from '../sound/audio-format.ts';
import { type CallDraft, nextId, patch } from './call-state.ts';
import { type ConversationItem, contentText, type ItemContent } from './conversation.ts';

const HEARD_RATE_HZ = 16_000;
const MAX_ITEMS = 10_000;
/** Of everything that is written or drawn in a conversation. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Whether a conversation may take one more item of a client: it must not fill the memory. */
export function hasRoom(items: readonly ConversationItem[], item: ConversationItem): boolean {
  const characters = items.reduce((sum, each) => sum + charactersOf(each), charactersOf(item));
  return items.length < MAX_ITEMS && characters <= MAX_CHARACTERS;
}

/** A client's item with its id and its sound read, or what is wrong with it; `param` names where it stands. */
export function readNewItem(draft: CallDraft, item: NewItem, param: string): ConversationItem | ApiProblem {
  const id = item.id ?? nextId(draft, 'item');
  if (item.type !== 'message') return { ...item, id };
  const content: ItemContent[] = [];
  for (const [index, part] of item.content.entries()) {
    const read = readContent(part, draft.state.settings.inputFormat, `${param}.content[${index}].audio`);
    if ('code' in read) return read;
    content.push(read);
  }
  return { ...item, id, content };
}

/** Has the sound of a client's item recognised, unless the client told its words; a response waits for that. */
export function recogniseNewItem(draft: CallDraft, item: ConversationItem): void {
  const sounds = (item.type === 'message' ? item.content : []).flatMap((part) =>
    part.type === 'input_audio' && part.words === null && part.sound !== undefined ? [part.sound.pcm] : [],
  );
  const [pcm] = sounds;
  if (pcm === undefined) return;
  const { unrecognised, clientSounds } = draft.state;
  patch(draft, { unrecognised: [...unrecognised, item.id], clientSounds: [...clientSounds, item.id] });
  draft.effects.push({ type: 'recogniseSound', itemId: item.id, pcm });
}

function charactersOf(item: ConversationItem): number {
  if (item.type === 'function_call') return item.arguments.length;
  if (item.type === 'function_call_output') return item.output.length;
  return item.content.reduce(
    (sum, part) => sum + (part.type === 'input_image' ? part.url.length : contentText(part).length),
    0,
  );
}

function readContent(part: NewContent, format: AudioFormat, param: string): ItemContent | ApiProblem {
  if (part.type !== 'input_audio') return part;
  const { audio, transcript } = part;
  if (audio === undefined) {
    if (transcript !== null) return { ...part, words: transcript, durationMs: 0, sound: undefined };
    return invalidRequest('missing_required_parameter', `Missing required parameter: '${param}'.`, param);
  }
  const bytes = fromBase64(audio);
  if (bytes === undefined) {
    const message = `Invalid '${param}'. Expected base64-encoded audio bytes, but got an invalid value.`;
    return invalidRequest('invalid_value', message, param);
  }
  const pcm = resampleWhole(decodeAudio(bytes, format), sampleRateOf(format), HEARD_RATE_HZ);
  const durationMs = bytes.length / bytesPerMs(format);
  return { type: part.type, words: transcript, transcript, durationMs, sound: { pcm, rateHz: HEARD_RATE_HZ } };
}
