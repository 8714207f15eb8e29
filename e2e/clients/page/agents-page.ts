import { type OpenAIRealtimeWebRTC, RealtimeAgent, type RealtimeSession } from '@openai/agents-realtime';
import { sessionInBrowser } from '../snippets/agents.ts';
import { driveTool } from '../support/drive-tool.ts';
import { logTransport, type TransportLog } from '../support/transport-log.ts';
import { saidMicrophone } from './said-microphone.ts';

/** What a test asks of the page: agents-realtime in a browser, with everything that came kept. */
export interface AgentPage {
  readonly session: RealtimeSession;
  readonly transport: OpenAIRealtimeWebRTC;
  readonly log: TransportLog;
  /** What the tool was called with. */
  readonly runs: readonly number[];
  /** What the session told as `error`: JSON, or what the data channel said. */
  readonly errors: readonly string[];
  /** Connects with a client secret, also again. */
  connect(clientSecret: string): Promise<void>;
  /** Says mono PCM16 at 24 kHz, in base64, if the microphone is not the machine's. */
  say(base64: string): Promise<void>;
}

/** Where the model is (base URL, ending in `/v1`), and which microphone is used. */
export interface AgentPageOptions {
  readonly url: string;
  readonly microphone: 'said' | 'machine';
}

declare global {
  interface Window {
    makeAgent(options: AgentPageOptions): void;
    agent: AgentPage;
  }
}

window.makeAgent = ({ url, microphone }) => {
  const audioElement = new Audio();
  document.body.append(audioElement);
  const said = microphone === 'said' ? saidMicrophone() : undefined;
  const runs: number[] = [];
  const errors: string[] = [];
  const agent = new RealtimeAgent({ name: 'tester', instructions: 'Be brief.', tools: [driveTool(runs)] });
  const { transport, session } = sessionInBrowser(agent, url, {
    audioElement,
    ...(said && { mediaStream: said.stream }),
  });
  session.on('error', ({ error }) =>
    errors.push(error instanceof RTCErrorEvent ? `channel: ${error.error.errorDetail}` : JSON.stringify(error)),
  );
  window.agent = {
    session,
    transport,
    log: logTransport(transport, () => {}),
    runs,
    errors,
    connect: (apiKey) => session.connect({ apiKey }),
    say: async (base64) => said?.say(base64),
  };
};
