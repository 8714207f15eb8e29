/** A page's test ears: runs in the page before anything else. Plain JavaScript, as both Chromium and Firefox take it. */
export const SOUND_TAP = `(() => {
  const RATE = 48000;
  const connections = [];
  const now = () => performance.timeOrigin + performance.now();
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration) {
      super(window.voiceTap.onlyByTurn ? { ...configuration, iceTransportPolicy: 'relay' } : configuration);
      connections.push(this);
      this.addEventListener('icecandidate', (event) => { if (this.isRelayed) event.stopImmediatePropagation(); });
    }
    get isRelayed() { return window.voiceTap.onlyRelayed && this.leadsTo !== 'bridge'; }
    createDataChannel(label, options) {
      if (!label.includes('phone')) this.leadsTo = 'bridge';
      return super.createDataChannel(label, options);
    }
    async setRemoteDescription(description) {
      const { type, sdp } = description;
      const lines = this.isRelayed ? sdp.replace(/a=(candidate|end-of-candidates).*\\r\\n/g, '') : sdp;
      return super.setRemoteDescription({ type, sdp: lines });
    }
    async addIceCandidate(candidate) {
      if (!this.isRelayed || !candidate) return super.addIceCandidate(candidate);
      const text = await window.relayCandidate(candidate.candidate);
      if (text) await super.addIceCandidate({ candidate: text, sdpMid: candidate.sdpMid, sdpMLineIndex: candidate.sdpMLineIndex });
    }
  };

  let voice = null;
  const openVoice = () => {
    if (voice) return voice;
    const context = new AudioContext({ sampleRate: RATE });
    const bus = new GainNode(context);
    const constant = new ConstantSourceNode(context, { offset: 0 });
    constant.connect(bus);
    constant.start();
    const said = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    bus.connect(said);
    voice = { context, bus, said: said.stream.getAudioTracks()[0] };
    return voice;
  };
  const askForMicrophone = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  /** A microphone that hears what say() says. */
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (window.voiceTap.takesDevice) return askForMicrophone(wanted);
    const { context, bus } = openVoice();
    const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    bus.connect(destination);
    return destination.stream;
  };

  /** When a context's time began, in ms since 1970: its time stands still between two blocks, and is right as one begins. */
  const zeroOf = async (context) => {
    let least = Infinity;
    for (let looks = 0; looks < 10; looks++) {
      least = Math.min(least, now() - context.currentTime * 1000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return least;
  };

  const pcmOf = (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return Float32Array.from(new Int16Array(bytes.buffer), (value) => value / 32768);
  };
  const textOf = (samples) => {
    const bytes = new Uint8Array(Int16Array.from(samples, (value) => Math.max(-1, Math.min(1, value)) * 32767).buffer);
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(text);
  };

  const SOURCE = "registerProcessor('line', class extends AudioWorkletProcessor {" +
    "constructor() { super(); this.frame = 0; this.block = new Float32Array(1024); this.at = 0; }" +
    "process([input]) { if (this.at === 0) this.frame = currentFrame;" +
    " if (input[0]) this.block.set(input[0], this.at); else this.block.fill(0, this.at, this.at + 128);" +
    " this.at += 128; if (this.at === 1024) { this.port.postMessage([this.frame, this.block.slice(), Date.now()]); this.at = 0; } return true; } })";

  const STOOD_STILL_MS = 20;
  /** When a frame was there: a context that stood still is behind from then on, and never ahead. */
  const clockOf = (moments) => {
    let least = Infinity;
    const steps = [];
    for (const [frame, at] of moments.toReversed()) {
      least = Math.min(least, at - ((frame + 1024) / RATE) * 1000);
      steps.unshift([frame, least]);
    }
    const kept = [];
    for (const step of steps) if (kept.length === 0 || step[1] - kept[kept.length - 1][1] > STOOD_STILL_MS) kept.push(step);
    return (frame) => (kept.findLast(([from]) => from <= frame) ?? kept[0])[1] + (frame / RATE) * 1000;
  };

  const open = async (withSaid) => {
    const context = new AudioContext({ sampleRate: RATE });
    await context.resume();
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([SOURCE], { type: 'text/javascript' })));
    const lines = new Map();
    const recording = { context, lines, moments: [] };
    const lineOf = (name) => {
      const known = lines.get(name);
      if (known) return known;
      const node = new AudioWorkletNode(context, 'line', { channelCount: 1, channelCountMode: 'explicit' });
      node.connect(new GainNode(context, { gain: 0 })).connect(context.destination);
      const line = { node, blocks: [], track: null, source: null };
      node.port.onmessage = ({ data }) => {
        line.blocks.push(data);
        recording.moments.push([data[0], data[2]]);
      };
      const constant = new ConstantSourceNode(context, { offset: 0 });
      constant.connect(node);
      constant.start();
      lines.set(name, line);
      return line;
    };
    const attach = (name, track) => {
      const line = lineOf(name);
      if (line.track === track) return;
      line.source?.disconnect();
      line.track = track;
      line.source = track ? context.createMediaStreamSource(new MediaStream([track])) : null;
      line.source?.connect(line.node);
    };
    const look = () => connections.forEach((connection, index) => {
      if (connection.signalingState === 'closed') return;
      const name = index + ' ' + (connection.leadsTo ?? 'phone');
      for (const { sender, receiver } of connection.getTransceivers()) {
        if (sender.track?.kind === 'audio') attach(name + ' sent', sender.track);
        if (receiver.track?.kind === 'audio' && receiver.track.readyState === 'live') attach(name + ' received', receiver.track);
      }
    });
    if (withSaid) attach('0 microphone said', openVoice().said);
    look();
    recording.timer = setInterval(look, 20);
    while (lines.size > 0 && recording.moments.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    return recording;
  };

  let recording = null;
  let humming = null;
  const presses = [];
  for (const type of ['pointerdown', 'pointerup']) addEventListener(type, () => presses.push({ type, at: now() }), true);
  window.voiceTap = {
    connections,
    presses,
    onlyRelayed: false,
    onlyByTurn: false,
    takesDevice: false,
    /** Plays PCM into the microphone; gives when it begins, in ms since 1970. */
    async say(base64) {
      const { context, bus } = openVoice();
      await context.resume();
      const samples = pcmOf(base64);
      const buffer = new AudioBuffer({ length: samples.length, sampleRate: RATE, numberOfChannels: 1 });
      buffer.copyToChannel(samples, 0);
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(bus);
      const ended = new Promise((resolve) => { source.onended = resolve; });
      const zeroMs = await zeroOf(context);
      const at = context.currentTime + 0.05;
      source.start(at);
      await ended;
      return zeroMs + at * 1000;
    },
    /** A steady tone into the microphone until hush(). */
    async hum() {
      const { context, bus } = openVoice();
      await context.resume();
      humming = new OscillatorNode(context, { frequency: 440 });
      humming.connect(new GainNode(context, { gain: 0.25 })).connect(bus);
      humming.start();
    },
    hush() { humming.stop(); },
    /** Packets of sound on all connections that live. */
    async packetsSent() {
      let sent = 0;
      const count = (entry) => { if (entry.type === 'outbound-rtp') sent += entry.packetsSent; };
      const live = connections.filter((each) => each.connectionState === 'connected');
      for (const connection of live) (await connection.getStats()).forEach(count);
      return sent;
    },
    async record(withSaid) { recording = await open(withSaid); },
    /** When each 1024 samples began that are no silence, on all lines whose name ends so, in ms since 1970. */
    loudTimes(ending, sinceMs) {
      const isLoud = (block) => block.reduce((sum, value) => sum + value * value, 0) / block.length > 0.01 ** 2;
      const clock = clockOf(recording.moments);
      const timeOf = ([frame]) => clock(frame);
      const blocks = [...recording.lines].flatMap(([name, line]) => (name.endsWith(ending) ? line.blocks : []));
      return blocks.filter((block) => timeOf(block) >= sinceMs && isLoud(block[1])).map(timeOf);
    },
    /** Ends it: every line with the time of its first sample, in ms since 1970. */
    take() {
      clearInterval(recording.timer);
      const clock = clockOf(recording.moments);
      const recorded = [...recording.lines].filter(([, { blocks }]) => blocks.length > 0);
      const taken = recorded.map(([name, { blocks }]) => {
        const startMs = clock(blocks[0][0]);
        const placeOf = (block) => Math.round(((clock(block[0]) - startMs) * RATE) / 1000);
        const all = new Float32Array(placeOf(blocks[blocks.length - 1]) + 1024);
        for (const block of blocks) all.set(block[1], placeOf(block));
        return { name, startMs, pcm: textOf(all) };
      });
      void recording.context.close();
      recording = null;
      return taken;
    },
  };
})()`;
