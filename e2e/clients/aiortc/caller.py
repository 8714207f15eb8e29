"""Calls a Realtime server as a raw WebRTC client: orders come on stdin, what happens goes to stdout, a JSON object a line each.

call     url, key, candidates (whether the offer holds any)
send     event (an object)
say      wav: a file to be said, PCM16 at 48 kHz, mono
save     raw: a file for what was heard so far, PCM16 at 48 kHz, mono
end      closes the connection
"""

import array
import asyncio
import fractions
import json
import sys
import time
import urllib.error
import urllib.request
import wave

import av
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

RATE = 48000
FRAME = RATE // 50


def tell(what, **facts):
    print(json.dumps({"tell": what, **facts}), flush=True)


class Microphone(MediaStreamTrack):
    """20 ms every 20 ms: what is to be said, else silence."""

    kind = "audio"

    def __init__(self):
        super().__init__()
        self.rest = b""
        self.start = None
        self.sent = 0

    def say(self, pcm):
        self.rest += pcm

    async def recv(self):
        if self.start is None:
            self.start = time.monotonic()
        await asyncio.sleep(max(0, self.start + self.sent * FRAME / RATE - time.monotonic()))
        pcm, self.rest = self.rest[: FRAME * 2], self.rest[FRAME * 2 :]
        frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME)
        frame.planes[0].update(pcm.ljust(FRAME * 2, b"\0"))
        frame.sample_rate = RATE
        frame.pts = self.sent * FRAME
        frame.time_base = fractions.Fraction(1, RATE)
        self.sent += 1
        return frame


class Caller:
    def __init__(self):
        self.peer = None
        self.channel = None
        self.microphone = None
        self.heard = array.array("h")
        self.listening = None

    async def call(self, url, key, candidates):
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        channel = peer.createDataChannel("oai-events")
        microphone = Microphone()
        self.peer, self.channel, self.microphone = peer, channel, microphone
        peer.addTrack(microphone)

        @peer.on("track")
        def on_track(track):
            self.listening = asyncio.ensure_future(self.listen(track))

        @channel.on("message")
        def on_message(text):
            tell("event", event=json.loads(text))

        # Its connection goes on checking for half a minute; the channel knows at once.
        @channel.on("close")
        def on_close():
            tell("closed")

        await peer.setLocalDescription(await peer.createOffer())
        offer = peer.localDescription.sdp
        if not candidates:
            offer = without_candidates(offer)
        status, place, body = await asyncio.get_running_loop().run_in_executor(None, post, url, key, offer)
        if status != 201:
            await peer.close()
            tell("refused", status=status, error=json.loads(body)["error"])
            return
        await peer.setRemoteDescription(RTCSessionDescription(sdp=body, type="answer"))
        tell("called", id=place.rsplit("/", 1)[-1], offered=offer.count("a=candidate:"))

    async def listen(self, track):
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            assert frame.sample_rate == RATE and frame.format.name == "s16"
            channels = len(frame.layout.channels)
            samples = array.array("h", bytes(frame.planes[0])[: frame.samples * channels * 2])
            self.heard.extend(samples[::channels])

    def send(self, event):
        self.channel.send(json.dumps(event))

    def say(self, wav):
        with wave.open(wav, "rb") as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
            self.microphone.say(file.readframes(file.getnframes()))

    def save(self, raw):
        with open(raw, "wb") as file:
            self.heard.tofile(file)
        tell("saved")

    async def end(self):
        await self.peer.close()
        tell("ended")


def without_candidates(sdp):
    kept = [line for line in sdp.split("\r\n") if not line.startswith(("a=candidate:", "a=end-of-candidates"))]
    return "\r\n".join(kept)


def post(url, key, offer):
    headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {key}"}
    request = urllib.request.Request(f"{url}/realtime/calls", offer.encode(), headers)
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.headers["Location"], response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, "", error.read().decode()


async def obey(caller, order):
    do = order.pop("do")
    try:
        result = getattr(caller, do)(**order)
        if asyncio.iscoroutine(result):
            await result
    except Exception as error:  # whatever went wrong, the test must hear of it
        tell("failed", do=do, error=repr(error))


async def main():
    caller = Caller()
    reader = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        await obey(caller, json.loads(line))


asyncio.run(main())
