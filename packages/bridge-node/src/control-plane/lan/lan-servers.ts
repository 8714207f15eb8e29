import type { CancelTimer, Clock } from '@voice-bridge/core';
import { type BridgeServerOptions, createTlsBridgeServer, type TlsBridgeServer } from '../http/bridge-server.ts';
import type { CertificatePair } from './certificate-authority.ts';
import type { LanCertificates } from './lan-certificates.ts';
import type { PlainAnswer } from './plain-connections.ts';

/** What {@link LanServers} runs on. */
export interface LanServersOptions {
  readonly server: BridgeServerOptions;
  readonly answerPlain: (path: string, host: string) => PlainAnswer;
  readonly certificates: LanCertificates;
  readonly port: number;
  /** Names the certificate is to hold besides the addresses. */
  readonly names: readonly string[];
  /** The addresses to listen on now. */
  readonly wanted: () => readonly string[];
  readonly clock: Clock;
}

const LOOK_EVERY_MS = 5_000;

/** One HTTPS server for each address in local networks, as they come and go. */
export class LanServers {
  readonly #options: LanServersOptions;
  readonly #servers = new Map<string, TlsBridgeServer>();
  readonly #listeners = new Set<() => void>();
  #certificate: CertificatePair | undefined;
  #addresses: readonly string[] = [];
  #following: Promise<void> = Promise.resolve();
  #cancel: CancelTimer = () => {};
  #closed = false;

  constructor(options: LanServersOptions) {
    this.#options = options;
  }

  /** Where it listens, in the order they are wanted. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** Calls when {@link addresses} has changed. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Listens on what is wanted now and follows it from then on. Rejects with node's own error when that fails at the first time. */
  async start(): Promise<void> {
    await this.#follow();
    this.#later();
  }

  /** Ends following and every server. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#following.catch(() => {});
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
  }

  #later(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(LOOK_EVERY_MS, () => {
      // What fails now, such as an address that is about to go, is tried again the next time.
      this.#following = this.#follow().catch(() => {});
      void this.#following.then(() => this.#later());
    });
  }

  async #follow(): Promise<void> {
    const { certificates, names, wanted } = this.#options;
    const addresses = [...new Set(wanted())];
    for (const [address, server] of this.#servers) {
      if (addresses.includes(address)) continue;
      this.#servers.delete(address);
      void server.close();
    }
    try {
      if (addresses.length > 0) this.#certify(await certificates.get([...names, ...addresses]));
      await Promise.all(addresses.map((address) => this.#open(address)));
    } finally {
      this.#tell(addresses.filter((address) => this.#servers.has(address)));
    }
  }

  #certify(pair: CertificatePair): void {
    if (pair === this.#certificate) return;
    this.#certificate = pair;
    for (const server of this.#servers.values()) server.certify(contextOf(pair));
  }

  async #open(address: string): Promise<void> {
    const { server, port, answerPlain } = this.#options;
    if (this.#servers.has(address) || this.#certificate === undefined) return;
    const certificate = contextOf(this.#certificate);
    const opened = createTlsBridgeServer({ ...server, certificate, answerPlain });
    await opened.bind(address, port);
    this.#servers.set(address, opened);
  }

  #tell(addresses: readonly string[]): void {
    const same =
      addresses.length === this.#addresses.length && addresses.every((each, i) => each === this.#addresses[i]);
    if (same) return;
    this.#addresses = addresses;
    for (const listener of this.#listeners) listener();
  }
}

function contextOf({ certPem, keyPem }: CertificatePair) {
  return { cert: certPem, key: keyPem };
}
