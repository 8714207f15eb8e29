import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

/** What an input is meant to be taken for. */
export type Protocol = 'stun' | 'dtls' | 'rtp' | 'rtcp' | 'sctp' | 'channel' | 'any';

/** One input of somebody else's fuzzer or test. */
export interface Seed {
  readonly name: string;
  readonly protocol: Protocol;
  readonly bytes: Buffer;
}

/** Inputs by what they are meant to be taken for. */
export class Seeds {
  readonly all: readonly Seed[];
  readonly #byProtocol = new Map<Protocol, readonly Seed[]>();

  constructor(all: readonly Seed[]) {
    this.all = all;
  }

  /** Those of one protocol, and those of any. */
  of(protocol: Protocol): readonly Seed[] {
    const known = this.#byProtocol.get(protocol);
    if (known !== undefined) return known;
    const fitting = this.all.filter((seed) => seed.protocol === protocol || seed.protocol === 'any');
    this.#byProtocol.set(protocol, fitting);
    return fitting;
  }
}

const NOT_DATA = /(^|\/)(LICENSE|README\.md|.*\.json)$/;
const SCTP_HEADER_BYTES = 12;

/** Where the corpora are; undefined when `VOICE_BRIDGE_CORPORA` names no folder. */
export function corporaFolder(): string | undefined {
  const folder = process.env.VOICE_BRIDGE_CORPORA;
  return folder !== undefined && folder !== '' && existsSync(folder) ? folder : undefined;
}

/** Every input below the folder; none without one. */
export function readCorpora(folder: string | undefined): Seeds {
  if (folder === undefined) return new Seeds([]);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const inputs = files.filter((file) => !NOT_DATA.test(file)).sort();
  return new Seeds(inputs.flatMap((file) => seedsOf(relative(folder, file), readFileSync(file))));
}

function seedsOf(name: string, content: Buffer): readonly Seed[] {
  const protocol = protocolOf(name);
  if (name.endsWith('.csv')) return stunRows(name, content);
  const bytes = content.subarray(0, 12).equals(Buffer.from('go test fuzz')) ? goFuzzBytes(content.toString()) : content;
  const seed = { name, protocol, bytes };
  // Most of usrsctp's files begin behind the common header.
  if (protocol !== 'sctp' || !name.startsWith('usrsctp')) return [seed];
  const headed = Buffer.concat([Buffer.alloc(SCTP_HEADER_BYTES), bytes]);
  return [seed, { name: `${name} behind a header`, protocol, bytes: headed }];
}

function protocolOf(name: string): Protocol {
  if (/stun/i.test(name)) return 'stun';
  if (/dtls/i.test(name)) return 'dtls';
  if (/sctp/i.test(name)) return 'sctp';
  if (/rtcp/i.test(name)) return 'rtcp';
  return basename(name).startsWith('rtp') ? 'rtp' : 'any';
}

/** The byte strings of Go's fuzz format: `[]byte("…")` with Go's escapes, one a line. */
function goFuzzBytes(text: string): Buffer {
  const pieces = [...text.matchAll(/^(?:\[\]byte|string)\("(.*)"\)$/gm)].map(([, quoted = '']) => unquoted(quoted));
  return Buffer.concat(pieces);
}

function unquoted(quoted: string): Buffer {
  const simple: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
  const pieces = [...quoted.matchAll(/\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\(.)|([^\\])/gsu)];
  return Buffer.concat(
    pieces.map(([, hex, unicode, escaped, plain]) => {
      if (hex !== undefined) return Buffer.from(hex, 'hex');
      if (unicode !== undefined) return Buffer.from(String.fromCharCode(Number.parseInt(unicode, 16)));
      if (escaped !== undefined) return Buffer.of(simple[escaped] ?? escaped.charCodeAt(0));
      return Buffer.from(plain ?? '');
    }),
  );
}

/** `ip,message in base64,…` */
function stunRows(name: string, content: Buffer): readonly Seed[] {
  const rows = content.toString().matchAll(/^[\d.:]+,([A-Za-z0-9+/=]+),/gm);
  return [...rows].map(([, text = ''], row) => ({
    name: `${name} row ${row}`,
    protocol: 'stun' as const,
    bytes: Buffer.from(text, 'base64'),
  }));
}
