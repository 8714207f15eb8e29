"""A data channel of aiortc, without audio: argv is the bridge's URL and a conversation. A JSON object a line each way: text, or bytes in base64."""

import asyncio
import base64
import json
import sys
import urllib.request

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.loads(response.read())


async def main(url, conversation):
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    channel = peer.createDataChannel("sound", ordered=False, maxRetransmits=0)
    opened = asyncio.Event()
    channel.on("open", opened.set)

    @channel.on("message")
    def on_message(message):
        told = {"text": message} if isinstance(message, str) else {"bytes": base64.b64encode(message).decode()}
        print(json.dumps(told), flush=True)

    await peer.setLocalDescription(await peer.createOffer())
    offer = {"type": "offer", "sdp": peer.localDescription.sdp, "conversation_id": conversation}
    answer = await asyncio.get_running_loop().run_in_executor(None, post, f"{url}/api/voice/offer", offer)
    await peer.setRemoteDescription(RTCSessionDescription(sdp=answer["sdp"], type="answer"))
    await opened.wait()
    print(json.dumps({"text": "open"}), flush=True)
    reader = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        order = json.loads(line)
        channel.send(order["text"] if "text" in order else base64.b64decode(order["bytes"]))
    await peer.close()


asyncio.run(main(*sys.argv[1:]))
