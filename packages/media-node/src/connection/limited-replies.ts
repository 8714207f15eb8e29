import type { IceAgent, IceProtocol, StunToSend } from './ice-agent.ts';
import type { ReplyKind } from './reply-credit.ts';
import type { SourceTable } from './source-table.ts';
import { readStun } from './stun-message.ts';
import type { Address } from './udp-transport.ts';

/**
 * Has the library's STUN messages over `protocol` go out at once only to whom we turned to ourselves: candidates that
 * were described to us, the path in use, STUN servers. To others as much as their credit allows.
 */
export function limitReplies(protocol: IceProtocol, sources: SourceTable, agent: IceAgent): void {
  const sendStun = protocol.sendStun.bind(protocol);
  protocol.sendStun = async (message, to) => {
    const kind = kindOf(message);
    if (kind === undefined || isOurChoice(agent, to)) return sendStun(message, to);
    const send = () => void sendStun(message, to).catch(() => {});
    sources.find(...to)?.credit.spend(kind, message.bytes.length, send);
  };
}

/** Undefined for what is not signed with a peer's password, and so goes to a server. */
function kindOf({ bytes }: StunToSend): ReplyKind | undefined {
  const message = readStun(bytes);
  if (message?.integrityAt === undefined) return undefined;
  if (message.kind === 'request') return 'check';
  return message.kind === 'success' ? 'answer' : 'error';
}

function isOurChoice({ nominated, _remoteCandidates: candidates }: IceAgent, [host, port]: Address): boolean {
  const { remoteCandidate: selected } = nominated ?? {};
  if (selected?.host === host && selected.port === port) return true;
  return candidates.some((each) => each.host === host && each.port === port && each.type !== 'prflx');
}
