"""A relay on aiortc: legs 2k and 2k+1 hear each other through a MediaRelay, decoded and encoded anew. See orders.ts."""

import asyncio
import json
import sys

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay

relay = MediaRelay()
peers = {}
inbound = {}


def subscribe(leg):
    """Gives a leg the track of the other one as soon as both are there."""
    track = inbound.get(leg ^ 1)
    sender = peers[leg].getTransceivers()[0].sender if leg in peers else None
    if track is not None and sender is not None:
        sender.replaceTrack(relay.subscribe(track))


async def answer(leg, sdp):
    peer = RTCPeerConnection()

    @peer.on("track")
    def on_track(track):
        inbound[leg] = track
        subscribe(leg ^ 1)

    await peer.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="offer"))
    peers[leg] = peer
    peer.getTransceivers()[0].direction = "sendrecv"
    subscribe(leg)
    await peer.setLocalDescription(await peer.createAnswer())
    return peer.localDescription.sdp


async def obey(line):
    try:
        order, leg, sdp = line.split(" ", 2)
        text = await answer(int(leg), json.loads(sdp))
        print("answer", leg, json.dumps(text), flush=True)
    except Exception as error:  # whatever went wrong, the bench must hear of it
        print("failed", repr(error), flush=True)


async def main():
    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print("ready", flush=True)
    tasks = set()
    while line := await reader.readline():
        task = asyncio.create_task(obey(line.decode().strip()))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


asyncio.run(main())
