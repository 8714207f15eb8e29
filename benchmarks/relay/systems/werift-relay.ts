/** werift as it is installed: its own defaults, each packet handed from one connection's track to the other's sender. */
import { RTCPeerConnection, type RTCRtpSender } from 'werift';
import { obeyOrders } from './orders.ts';

const senders: RTCRtpSender[] = [];

obeyOrders({
  async offer(leg, sdp) {
    const peer = new RTCPeerConnection({ iceServers: [], iceAdditionalHostAddresses: ['127.0.0.1'] });
    const { sender } = peer.addTransceiver('audio');
    senders[leg] = sender;
    peer.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe((packet) => {
        senders[leg ^ 1]?.sendRtp(packet).catch(() => {});
      });
    });
    await peer.setRemoteDescription({ type: 'offer', sdp });
    await peer.setLocalDescription(await peer.createAnswer());
    return peer.localDescription?.sdp ?? '';
  },
});
