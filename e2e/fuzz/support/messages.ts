import * as z from 'zod/mini';

const port = z.number();
const attacking = z.enum(['off-path', 'five-tuple', 'peer', 'handshake']);
const standing = z.enum([...attacking.options, 'model']);
/**
 * Where the sender of a datagram stands. A peer's datagrams before its connection is up are counted apart, and so are those of
 * the model: its word that a session is there has the bridge answer the offers that wait for it.
 */
export type Standing = z.infer<typeof standing>;

const interval = z.object({ from: z.number(), to: z.number() });
/** A span of time on the machine's monotonic clock, in ms. */
export type Interval = z.infer<typeof interval>;

const costly = z.object({
  standing: standing,
  from: z.number(),
  to: z.number(),
  cpuMs: z.number(),
  /** Garbage collection inside it, in ms, part of `cpuMs`. */
  gcMs: z.number(),
  hex: z.string(),
});
/** One datagram that cost much. */
export type CostlyDatagram = z.infer<typeof costly>;

const targetSample = z.object({
  type: z.literal('target'),
  at: z.number(),
  /** Datagrams handled and the CPU they cost since the last sample, by standing. */
  costs: z.array(z.object({ standing: standing, count: z.number(), cpuMs: z.number() })),
  costly: z.array(costly),
  /** Share of one core that the main thread used. */
  busy: z.number(),
  /** Times it was more than 60 ms late, and not for lack of a core. */
  stalls: z.array(z.object({ from: z.number(), to: z.number(), cpuMs: z.number(), gcMs: z.number() })),
  residentMb: z.number(),
  heapMb: z.number(),
  externalMb: z.number(),
  sessions: z.number(),
  /** UDP ports it is bound to. */
  ports: z.array(port),
});
/** How the bridge's process is. */
export type TargetSample = z.infer<typeof targetSample>;

const sharedPath = z.object({
  /** Loopback UDP port that forges what it is sent, from the peer's five-tuple. */
  forgePort: port,
  /** What STUN requests to the bridge are addressed to. */
  userName: z.string(),
});
/** A way to send from somebody else's address and port. */
export type SharedPath = z.infer<typeof sharedPath>;

const gap = z.object({
  type: z.literal('gap'),
  stream: z.string(),
  from: z.number(),
  to: z.number(),
  /** When the sender or the listener themselves were late meanwhile. */
  late: z.array(interval),
});
/** A listener heard nothing for too long. */
export type Gap = z.infer<typeof gap>;

const sentReport = z.object({
  type: z.literal('sent'),
  /** Inputs by protocol since the last report. */
  counts: z.record(z.string(), z.number()),
  /** Hostile connections that came up since then. */
  lives: z.number(),
  /** Inputs of the corpora sent since then, by standing. */
  corpora: z.record(z.string(), z.number()),
  bytesSent: z.number(),
  /** Bytes that came back to whoever has proved nothing. */
  bytesBack: z.number(),
});
/** Reads an {@link Attack}. */
export const attackSchema = z.object({
  /** Which attacker: `outside` or `inside`. */
  attacker: z.string(),
  standing: attacking,
  protocol: z.string(),
  /** `<seed>:<index>`, or the name of a file of the corpora. */
  origin: z.string(),
  hex: z.string(),
});
/** One input as an attacker sent it. */
export type Attack = z.infer<typeof attackSchema>;

const machineReport = z.object({
  type: z.literal('machine'),
  /** When a process that does nothing was woken too late. */
  late: z.array(interval),
  /** How long the bridge stood ready and got no core. */
  waits: z.array(z.object({ from: z.number(), to: z.number(), waitedMs: z.number() })),
});
/** What the machine did to all of them. */
export type MachineReport = z.infer<typeof machineReport>;

/** What the processes of a fuzz run tell the one that started them. */
export const reportSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.optional(z.string()), sharedPaths: z.array(sharedPath) }),
  targetSample,
  z.object({
    type: z.literal('failure'),
    kind: z.enum(['unhandled rejection', 'uncaught exception', 'server error']),
    text: z.string(),
  }),
  gap,
  z.object({ type: z.literal('packets'), heard: z.number(), lost: z.number() }),
  z.object({ type: z.literal('lost'), stream: z.string(), text: z.string() }),
  z.object({ type: z.literal('ports'), ports: z.array(port) }),
  sentReport,
  z.object({ type: z.literal('recent'), attacks: z.array(attackSchema) }),
  machineReport,
]);
/** One message of {@link reportSchema}. */
export type Report = z.infer<typeof reportSchema>;

/** What they are told. */
export const orderSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('aim'), ports: z.array(port) }),
  z.object({ type: z.literal('rate'), perSecond: z.number() }),
  z.object({ type: z.literal('attackers'), ports: z.array(port) }),
  z.object({ type: z.literal('watch'), pid: z.number() }),
  z.object({ type: z.literal('tell recent') }),
  /** Sends these, once, instead of inputs of one's own. */
  z.object({ type: z.literal('replay'), attacks: z.array(attackSchema) }),
  z.object({ type: z.literal('stop') }),
]);
/** One message of {@link orderSchema}. */
export type Order = z.infer<typeof orderSchema>;
