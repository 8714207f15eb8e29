import { type Clock, Emitter, formatId, VoiceBridgeError } from '@voice-bridge/core';
import type { SessionHost } from '../seam/session-events.ts';
import type { BridgeEvents } from './bridge-events.ts';
import { SessionDirectory } from './directory/session-directory.ts';
import { SessionReporter } from './directory/session-reporter.ts';
import { ConversationFeeds } from './feed/conversation-feeds.ts';
import { snapshotOf } from './feed/snapshot.ts';
import { Access } from './http/access.ts';
import { createEndpoints } from './http/create-endpoints.ts';
import { createEventRoute } from './http/event-route.ts';
import { createHttpInterface } from './http/http-interface.ts';
import type { Bind } from './http/origin-policy.ts';
import { SessionRequests, type ValidateOffer } from './http/session-requests.ts';
import { createSpeechRoute } from './http/speech-route.ts';
import { UpgradeRouter } from './http/upgrade-router.ts';
import { SubjectCounts } from './limits/subject-counts.ts';
import { ConversationLeads } from './pairing/conversation-leads.ts';
import { createPhones } from './pairing/create-phones.ts';
import { Inviters } from './pairing/inviters.ts';
import { Pairings } from './pairing/pairings.ts';
import { createRedact } from './redact.ts';
import { createSessions } from './sessions.ts';
import type { Settings, Tools } from './settings.ts';
import { SignalingRelays } from './signaling/signaling-relays.ts';
import { createSignalingRoute } from './signaling/signaling-route.ts';
import { Journal } from './store/journal.ts';
import type { BridgeDoors, VoiceBridge } from './voice-bridge-interface.ts';

/** What the control plane runs on: the media plane behind its seam, time and randomness. */
export interface ControlPlanePorts {
  readonly host: SessionHost;
  readonly validateOffer: ValidateOffer;
  /** The same for an answer to an offer of ours. */
  readonly validateAnswer: ValidateOffer;
  readonly clock: Clock;
  /** Wall-clock time in ms since 1970. */
  readonly wallClock: () => number;
  /** Unpredictable bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
}

const ID_BYTES = 16;

/** Puts a bridge together from its settings and what it runs on. */
export function createControlPlane<Names extends Tools>(
  settings: Settings,
  ports: ControlPlanePorts,
): VoiceBridge<Names> {
  const { logger, limits, tools, basePath } = settings;
  const redact = createRedact(settings.secrets);
  const emitter = new Emitter<BridgeEvents>((error) =>
    logger.error({ problem: redact(String(error)) }, 'a listener of the bridge threw'),
  );
  const journal = new Journal(settings.store, ports.clock, (conversationId, error) => {
    const { message } = error instanceof Error ? error : new VoiceBridgeError('internal', 'it failed');
    reporter.storeFailed(conversationId, `The conversation store: ${message}`);
  });
  const { wallClock, clock } = ports;
  const feeds = new ConversationFeeds({ journal, clock, wallClock, limits });
  const reporter = new SessionReporter({ emitter, feeds, logger, redact, wallClock });
  const mint = (prefix: string) => formatId(prefix, ports.randomBytes(ID_BYTES));
  const directory = new SessionDirectory({
    host: ports.host,
    clock,
    wallClock,
    limits,
    tools,
    redact,
    observer: reporter,
    mintParticipantId: () => mint('par'),
    mintResumeToken: () => mint('res'),
  });
  const relays = new SignalingRelays({ logger, maxPeers: limits.webSockets });
  const pairings = new Pairings({ clock, randomBytes: ports.randomBytes, relays, logger });
  const leads = new ConversationLeads({ directory, pairings, relays });
  const inviters = new Inviters({ clock, pairings, directory });
  emitter.on('sessionOpened', ({ conversationId, subject }) => leads.began(conversationId, subject));
  emitter.on('participantLeft', ({ conversationId, participantId, reason }) => {
    if (reason === 'kicked') inviters.kicked(conversationId, participantId);
  });
  const counts = new SubjectCounts(limits.connectionsPerSubject);
  const access = new Access({ ...settings, phones: pairings });
  const follow = {
    access,
    feeds,
    counts,
    clock,
    snapshot: (conversationId: string) => snapshotOf(directory.get(conversationId), wallClock()),
  };
  const entrances = {
    ...follow,
    relays,
    pairings,
    leads,
    inviters,
    settings,
    directory,
    requests: new SessionRequests({ settings, journal, clock, mintSessionId: () => mint('ses') }),
    validateOffer: ports.validateOffer,
    validateAnswer: ports.validateAnswer,
    mintConversationId: () => mint('con'),
  };
  const endpoints = createEndpoints(entrances);
  const http = createHttpInterface({ basePath, access, endpoints, redact, logger });

  const upgrades = new UpgradeRouter({
    basePath,
    access,
    clock,
    redact,
    logger,
    maxConnections: limits.webSockets,
    counts,
    routes: [createEventRoute(follow), createSpeechRoute(entrances), createSignalingRoute(entrances)],
  });

  const doors = (bind: Bind | undefined): BridgeDoors => ({
    // Handed to a framework as it is, the second argument is something else.
    fetch: (request, address) => http(request, { bind, address: typeof address === 'string' ? address : undefined }),
    handleUpgrade: (request, socket, head) => upgrades.handle(request, socket, head, bind),
  });

  let closed: Promise<void> | undefined;
  const close = async () => {
    await directory.shutDown();
    await ports.host.close();
    await journal.close();
    await feeds.close();
    relays.close();
    inviters.close();
    pairings.close();
    upgrades.close();
  };
  return {
    ...doors(undefined),
    boundTo(bind) {
      access.checkBind(bind);
      return doors(bind);
    },
    basePath,
    authorizes: typeof settings.authorize === 'function',
    on: (event, listener) => emitter.on(event, listener),
    sessions: createSessions(directory),
    phones: createPhones(pairings),
    close() {
      closed ??= close();
      return closed;
    },
  };
}
