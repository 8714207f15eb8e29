import { type PhraseNode, parsePhrase } from '../phrases.ts';

/** Something the assistant answers without a tool. */
export interface SmallTalk {
  /** In the notation of `phrases.ts`. */
  readonly phrases: readonly string[];
  readonly nodes: readonly PhraseNode[];
  /** The sentences of the answer; or what the answer must be made from. */
  readonly answer: readonly string[] | 'abilities' | 'repetition';
}

/** Everything the assistant can chat about, in order. The answers are always the same. */
export const SMALL_TALK: readonly SmallTalk[] = [
  talk(['(hello|hi|good morning|good evening)'], ['Hello! What can I do for you?']),
  talk(['what can you do', 'what can i say', 'help [me]'], 'abilities'),
  talk(['thank you', 'thank you very much', 'thanks'], ['You are welcome.']),
  talk(['how are you', 'how are you today'], ['I am fine, thank you.']),
  talk(['who are you', 'what is your name'], ['I am the local model of Voice Bridge. I run on this very machine.']),
  talk(['what time is it'], ['I cannot see a clock from here, but now is always a good time.']),
  talk(['can you hear me'], ['Loud and clear.']),
  talk(['(say that again|repeat that)'], 'repetition'),
  talk(['(stop|be quiet|never mind|cancel)'], ['All right.']),
  talk(['(goodbye|good night)'], ['Goodbye!']),
  talk(
    ['tell me a joke', 'tell me another joke'],
    ['Why did the packet cross the network twice?', 'Nobody acknowledged it the first time.'],
  ),
  talk(
    ['tell me a story', 'tell me a long story'],
    [
      'Once upon a time there was a lighthouse at the end of a long and windy coast.',
      'In it lived a keeper who could not sleep when the lamp was dark.',
      'Every evening he climbed two hundred steps and lit the lamp himself.',
      'One night a storm came up, and the wind blew the lamp out again and again.',
      'The keeper lit it ten times, and ten times the wind was stronger.',
      'Then he heard a voice from the sea, calling through the rain.',
      'It was a small boat, and nobody on it knew where the land was.',
      'The keeper opened the window and sang as loudly as he could.',
      'The people on the boat followed the song, past the rocks and into the harbour.',
      'In the morning the sea was flat, and they all had breakfast in the lighthouse.',
      'Since then the keeper sings every night, even when the lamp burns well.',
      'And the ships that pass say that it is the best lighthouse on the whole coast.',
    ],
  ),
];

function talk(phrases: readonly string[], answer: SmallTalk['answer']): SmallTalk {
  return { phrases, nodes: phrases.map(parsePhrase), answer };
}
