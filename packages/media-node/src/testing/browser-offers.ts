/** What Chromium 156 offers for audio and a data channel before it has gathered. */
export const chromiumOffer = `v=0
o=- 5398034918848412102 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:E6pk
a=ice-pwd:RnHuZg4+NTxw1WIZMNbjIUFl
a=ice-options:trickle
a=fingerprint:sha-256 21:F2:94:53:B7:33:51:A5:FA:57:DA:08:A9:C3:B7:78:20:AC:A8:E6:A3:84:48:FD:25:7D:C4:40:AA:07:88:E6
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:- cb5967c2-b919-4436-acba-87b8ec4a21c3
a=rtcp-mux
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:1708936882 cname:1nqPTBQ2UMpY5O4W
a=ssrc:1708936882 msid:- cb5967c2-b919-4436-acba-87b8ec4a21c3
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=ice-ufrag:E6pk
a=ice-pwd:RnHuZg4+NTxw1WIZMNbjIUFl
a=ice-options:trickle
a=fingerprint:sha-256 21:F2:94:53:B7:33:51:A5:FA:57:DA:08:A9:C3:B7:78:20:AC:A8:E6:A3:84:48:FD:25:7D:C4:40:AA:07:88:E6
a=setup:actpass
a=mid:1
a=sctp-port:5000
a=max-message-size:262144
`.replaceAll('\n', '\r\n');

/** An offer in the shape of Firefox's: number 109, names instead of addresses, all candidates known. */
export const firefoxOffer = `v=0
o=mozilla...THIS_IS_SDPARTA-99.0 7186318349021832187 0 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 9A:F2:94:53:B7:33:51:A5:FA:57:DA:08:A9:C3:B7:78:20:AC:A8:E6:A3:84:48:FD:25:7D:C4:40:AA:07:88:9A
a=group:BUNDLE 0 1
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 55121 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 0.0.0.0
a=candidate:0 1 UDP 2122252543 7f4712db-ea17-4bcf-a596-105139dfd8bf.local 55121 typ host
a=candidate:1 1 TCP 2105524479 7f4712db-ea17-4bcf-a596-105139dfd8bf.local 9 typ host tcptype active
a=sendrecv
a=end-of-candidates
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=fmtp:101 0-15
a=ice-pwd:1b0f3f9c56ddf0b7a64a3a5c9b2f8ad7
a=ice-ufrag:8be0f4a1
a=mid:0
a=msid:{5a990edd-0568-ac40-8d97-310fc33f3411} {218cfa1c-617d-2249-9997-60929ce4c405}
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=rtpmap:9 G722/8000/1
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000/1
a=setup:actpass
a=ssrc:2655508255 cname:{735484ea-4f6c-f74a-bd66-7425f8476c2e}
m=application 55122 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:0 1 UDP 2122252543 7f4712db-ea17-4bcf-a596-105139dfd8bf.local 55122 typ host
a=candidate:1 1 TCP 2105524479 7f4712db-ea17-4bcf-a596-105139dfd8bf.local 9 typ host tcptype active
a=sendrecv
a=end-of-candidates
a=ice-pwd:1b0f3f9c56ddf0b7a64a3a5c9b2f8ad7
a=ice-ufrag:8be0f4a1
a=mid:1
a=setup:actpass
a=sctp-port:5000
a=max-message-size:1073741823
`.replaceAll('\n', '\r\n');
