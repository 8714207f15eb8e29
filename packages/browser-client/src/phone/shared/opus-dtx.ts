const OPUS_RTPMAP = /^a=rtpmap:(\d+) opus\/48000/im;

/** SDP whose reader may send nothing while it is silent (DTX, RFC 7587 section 7: `usedtx`): a muted phone then rests. */
export function withDtx(sdp: string): string {
  const payloadType = OPUS_RTPMAP.exec(sdp)?.[1];
  if (payloadType === undefined) return sdp;
  const formats = new RegExp(`^(a=fmtp:${payloadType} )(?!.*usedtx)(.*?)(\\r?)$`, 'm');
  return sdp.replace(formats, '$1$2;usedtx=1$3');
}
