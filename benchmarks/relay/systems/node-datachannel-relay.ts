/** libdatachannel through node-datachannel: each packet passes JavaScript as one message of a track. */
import nodeDataChannel from 'node-datachannel';
import { obeyOrders } from './orders.ts';

const { Audio, PeerConnection } = nodeDataChannel;
const tracks: InstanceType<typeof nodeDataChannel.Track>[] = [];
const kept: unknown[] = [];

obeyOrders({
  offer(leg, sdp) {
    const peer = new PeerConnection(`leg ${leg}`, {
      iceServers: [],
      bindAddress: '127.0.0.1',
      disableAutoNegotiation: true,
    });
    kept.push(peer);
    return new Promise((resolve) => {
      peer.onGatheringStateChange((state) => {
        if (state === 'complete') resolve(peer.localDescription()?.sdp ?? '');
      });
      const media = new Audio('0', 'SendRecv');
      media.addOpusCodec(111);
      media.addSSRC(0x20000 + leg, 'relay');
      const track = peer.addTrack(media);
      tracks[leg] = track;
      track.onMessage((message) => {
        tracks[leg ^ 1]?.sendMessageBinary(message);
      });
      peer.setRemoteDescription(sdp, 'offer');
      peer.setLocalDescription('answer');
    });
  },
});
