import { FakeStream, FakeTrack } from './fake-media.ts';

class FakeNode {
  readonly to = new Set<FakeNode>();

  connect(node: FakeNode): FakeNode {
    this.to.add(node);
    return node;
  }

  disconnect(node?: FakeNode): void {
    if (node === undefined) this.to.clear();
    else if (!this.to.delete(node)) throw new DOMException('Not connected', 'InvalidAccessError');
  }
}

class FakeGain extends FakeNode {
  readonly gain = {
    value: 1,
    setTargetAtTime(value: number) {
      this.value = value;
    },
  };

  constructor(_context: unknown, { gain = 1 }: { readonly gain?: number } = {}) {
    super();
    this.gain.value = gain;
  }
}

class FakeAnalyser extends FakeNode {
  getFloatTimeDomainData(samples: Float32Array): void {
    samples.fill(0.5);
  }
}

class FakeSource extends FakeNode {
  readonly mediaStream: MediaStream;

  constructor(mediaStream: MediaStream) {
    super();
    this.mediaStream = mediaStream;
  }
}

class FakeConstant extends FakeNode {
  runs = false;

  start(): void {
    this.runs = true;
  }

  stop(): void {
    this.runs = false;
  }
}

class FakeContext extends EventTarget {
  readonly currentTime = 0;
  readonly #sources: FakeSource[];
  state = 'running';
  closed = 0;

  constructor(sources: FakeSource[]) {
    super();
    this.#sources = sources;
  }

  createMediaStreamSource(stream: MediaStream): FakeSource {
    const source = new FakeSource(stream);
    this.#sources.push(source);
    return source;
  }

  /** The browser stops it, or lets it go on. */
  become(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }

  async resume(): Promise<void> {
    this.become('running');
  }

  async close(): Promise<void> {
    this.closed++;
    this.state = 'closed';
  }
}

/** Web Audio without sound: knows which streams arrive where, and how loud. Its `globals` take the place of a browser's. */
export class FakeAudioGraphNodes {
  readonly sources: FakeSource[] = [];
  readonly constants: FakeConstant[] = [];
  readonly context = new FakeContext(this.sources);
  /** Takes the page's events. */
  readonly page = new EventTarget();
  readonly globals: Readonly<Record<string, unknown>>;
  readonly #destinations = new Map<MediaStreamTrack, FakeNode>();

  constructor() {
    const { constants, context, page } = this;
    const addDestination = (track: MediaStreamTrack, node: FakeNode) => this.#destinations.set(track, node);
    this.globals = {
      AudioContext: class {
        constructor() {
          // biome-ignore lint/correctness/noConstructorReturn: the one context of the test, however often a page asks
          return context;
        }
      },
      GainNode: FakeGain,
      AnalyserNode: FakeAnalyser,
      ConstantSourceNode: class extends FakeConstant {
        constructor() {
          super();
          constants.push(this);
        }
      },
      MediaStreamAudioDestinationNode: class extends FakeNode {
        readonly stream: FakeStream;

        constructor() {
          super();
          const track = new FakeTrack('destination');
          this.stream = new FakeStream(track);
          addDestination(track, this);
        }
      },
      document: Object.assign(page, {
        createElement: () => ({ play: async () => {}, pause() {}, setAttribute() {}, srcObject: null, muted: false }),
      }),
    };
  }

  /** How loud each stream arrives at the destination with this track, by the id of the stream; what is silent is left out. */
  heardIn(track: MediaStreamTrack): Record<string, number> {
    const destination = this.#destinations.get(track);
    const heard: Record<string, number> = {};
    for (const source of this.sources) {
      const loudness = destination === undefined ? 0 : loudnessAt(destination, source);
      if (loudness > 0) heard[source.mediaStream.id] = loudness;
    }
    return heard;
  }
}

function loudnessAt(destination: FakeNode, node: FakeNode): number {
  if (node === destination) return 1;
  const factor = node instanceof FakeGain ? node.gain.value : 1;
  return [...node.to].reduce((sum, next) => sum + factor * loudnessAt(destination, next), 0);
}
