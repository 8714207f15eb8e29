import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket as Stream } from 'node:net';
import { cleanup } from '../../support/open-things.ts';

/** The only way of a phone's page to the bridge and to its desktop. */
export interface PhoneNetwork {
  /** Where the phone opens the page. */
  readonly url: string;
  /** A candidate of the desktop as the phone may know it; null when it is none that this network leads to. */
  relayCandidate(candidate: string): Promise<string | null>;
  /** Nothing gets through, and nobody is told. */
  cut(): void;
  heal(): void;
}

/** Puts a network between one phone and the rest: TCP to the bridge, UDP to the desktop. It ends with the test. */
export async function startPhoneNetwork(bridgeUrl: string): Promise<PhoneNetwork> {
  const streams = new Set<Stream>();
  const paths = new Map<string, Promise<Path>>();
  let isCut = false;
  const target = Number(new URL(bridgeUrl).port);
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      streams.add(from);
      from.on('data', (bytes) => to.write(bytes)).on('end', () => to.end());
      from.on('error', () => to.destroy()).on('close', () => streams.delete(from));
      if (isCut) from.pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  cleanup(async () => {
    server.close();
    for (const stream of streams) stream.destroy();
    for (const path of paths.values()) (await path).close();
  });
  return {
    url: `http://localhost:${port}`,
    async relayCandidate(candidate) {
      const parts = candidate.split(' ');
      const [, , protocol, , host = '', hostPort = ''] = parts;
      if (protocol?.toLowerCase() !== 'udp' || !/^\d+(\.\d+){3}$/.test(host)) return null;
      const key = `${host}:${hostPort}`;
      const path = paths.get(key) ?? openPath(host, Number(hostPort), () => isCut);
      paths.set(key, path);
      parts[4] = '127.0.0.1';
      parts[5] = String((await path).port);
      return parts.join(' ');
    },
    cut() {
      isCut = true;
      for (const stream of streams) stream.pause();
    },
    heal() {
      isCut = false;
      for (const stream of streams) stream.resume();
    },
  };
}

/** One address of the desktop as seen through the network, like a router's. */
interface Path {
  readonly port: number;
  close(): void;
}

async function openPath(host: string, hostPort: number, isCut: () => boolean): Promise<Path> {
  const inner = createSocket('udp4');
  const outers = new Map<string, Socket>();
  const outerOf = (from: RemoteInfo) => {
    const key = `${from.address}:${from.port}`;
    const known = outers.get(key);
    if (known !== undefined) return known;
    const outer = createSocket('udp4');
    outer.on('message', (packet) => {
      if (!isCut()) inner.send(packet, from.port, from.address);
    });
    outers.set(key, outer);
    return outer;
  };
  inner.on('message', (packet, from) => {
    if (!isCut()) outerOf(from).send(packet, hostPort, host);
  });
  inner.bind(0, '127.0.0.1');
  await once(inner, 'listening');
  return {
    port: inner.address().port,
    close() {
      inner.close();
      for (const outer of outers.values()) outer.close();
    },
  };
}
