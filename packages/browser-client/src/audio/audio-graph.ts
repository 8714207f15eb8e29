/** The page's audio graph: measures both directions and makes the silence sent without a microphone. It plays nothing. */
export interface AudioGraph {
  /** A track that sends silence for as long as the graph lives; always the same one. */
  silentTrack(): MediaStreamTrack;
  /** Measures this stream as input from now on; null: nothing. */
  watchInput(stream: MediaStream | null): void;
  /** Measures this stream as output from now on; null: nothing. */
  watchOutput(stream: MediaStream | null): void;
  /** Root mean square of the input now, 0 to 1. */
  inputLevel(): number;
  /** Root mean square of the output now, 0 to 1. */
  outputLevel(): number;
  /** Frees the graph; idempotent. */
  close(): void;
}

/** Makes a graph. Called inside a click or key press, so that the browser lets it run. */
export type AudioGraphFactory = () => AudioGraph;
