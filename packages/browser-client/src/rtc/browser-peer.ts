import { type IceServer, VoiceBridgeError } from '@voice-bridge/core';

/** This browser's own connection object. */
export type BrowserPeer = RTCPeerConnection;

/** Makes a connection object of this browser (W3C WebRTC 4.4). Throws `webrtc_unsupported`. */
export function openBrowserPeer(iceServers: readonly IceServer[]): BrowserPeer {
  if (typeof RTCPeerConnection === 'undefined') {
    throw new VoiceBridgeError('webrtc_unsupported', 'This browser has no WebRTC', {
      hint: 'Use a current Chrome, Edge, Firefox or Safari.',
    });
  }
  return new RTCPeerConnection({ iceServers: iceServers.map(toRtcIceServer), bundlePolicy: 'max-bundle' });
}

function toRtcIceServer({ urls, username, credential }: IceServer): RTCIceServer {
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}
