import { isIP } from 'node:net';
import { filterSdp } from './sdp-text.ts';

/**
 * Takes out of a remote description what the WebRTC library must not see.
 * `a=end-of-candidates` always: with only `.local` names before it, the library gives ICE up before the other
 * side's checks arrive. Candidates unless they are to be dialled, and then all but UDP ones at IP addresses, so that
 * nobody makes us resolve a name.
 */
export function cleanRemoteSdp(sdp: string, dialCandidates: boolean): string {
  return filterSdp(sdp, (line) => {
    if (line.startsWith('a=end-of-candidates')) return false;
    return !line.startsWith('a=candidate:') || (dialCandidates && isDialable(line));
  });
}

/** RFC 8839 section 5.1: `a=candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type> …` */
function isDialable(line: string): boolean {
  const [, component, transport = '', , address = '', port] = line.split(' ');
  return component === '1' && transport.toLowerCase() === 'udp' && isIP(address) !== 0 && Number(port) > 0;
}
