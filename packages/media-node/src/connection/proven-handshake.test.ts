import { describe, expect, it } from 'vitest';
import { HandshakeType as Type } from './handshake-message.ts';
import { type LibraryMessage, type ProvableAssociation, proveHandshake } from './proven-handshake.ts';

interface Message extends LibraryMessage {
  readonly label: string;
}

/** A library that keeps what it is given as the real one does, behind a gate. */
function library(role: 'client' | 'server') {
  const passed: string[] = [];
  const problems: string[] = [];
  const helloFlight: Message[] = [];
  let flight = 0;
  const association: ProvableAssociation<Message> = {
    dtls: {
      get flight() {
        return flight;
      },
      handshakeCache: { 4: { data: helloFlight } },
      sortedHandshakeCache: helloFlight,
    },
    cipher: {
      masterSecret: Buffer.alloc(48),
      localRandom: { serialize: () => Buffer.alloc(32) },
      remoteRandom: { serialize: () => Buffer.alloc(32) },
      remoteKeyPair: { publicKey: Buffer.alloc(65) },
    },
    onHandleHandshakes: async (messages) => {
      for (const message of messages) {
        passed.push(message.label);
        const isHello = message.msg_type === Type.serverHello || message.fragment.length > 1;
        if (isHello) helloFlight.push(message);
        if (message.msg_type === Type.helloVerifyRequest) flight = 3;
      }
    },
  };
  const onProven = () => passed.push('proven');
  proveHandshake(association, { role, fingerprints: [], onProven, onProblem: (problem) => problems.push(problem) });
  const receive = async (...messages: Message[]) => {
    for (const message of messages) await association.onHandleHandshakes([message]);
  };
  return { passed, problems, receive };
}

/** `content` of more than one byte stands for a hello with a cookie. */
function message(type: number, sequence: number, content = 'a'): Message {
  const fragment = Buffer.from(content);
  return { msg_type: type, message_seq: sequence, fragment, serialize: () => fragment, label: `${type}:${content}` };
}

describe('proveHandshake as DTLS client', () => {
  it('hands every message on once, in its turn', async () => {
    const { passed, receive } = library('client');
    await receive(message(Type.serverKeyExchange, 3), message(Type.serverHello, 1), message(Type.certificate, 2));
    await receive(message(Type.certificate, 2), message(Type.serverKeyExchange, 3), message(Type.serverHelloDone, 4));
    expect(passed).toEqual(['2:a', '11:a', '12:a', '14:a']);
  });

  it('[W7] never lets a second key exchange, hello or certificate replace the first', async () => {
    const { passed, receive } = library('client');
    await receive(message(Type.serverHello, 1), message(Type.certificate, 2), message(Type.serverKeyExchange, 3));
    await receive(message(Type.serverKeyExchange, 3, 'b'), message(Type.certificate, 2, 'b'));
    await receive(message(Type.serverHello, 1, 'b'));
    expect(passed).toEqual(['2:a', '11:a', '12:a']);
  });

  it('answers one HelloVerifyRequest', async () => {
    const { passed, receive } = library('client');
    await receive(message(Type.helloVerifyRequest, 0), message(Type.helloVerifyRequest, 0));
    expect(passed).toEqual(['3:a']);
  });

  it('takes a repeated ServerHelloDone as the wish to hear our flight again, and no Finished before its turn', async () => {
    const { passed, problems, receive } = library('client');
    await receive(message(Type.finished, 3), message(Type.serverHello, 1), message(Type.certificate, 2));
    await receive(
      message(Type.serverHelloDone, 3),
      message(Type.serverHelloDone, 3),
      message(Type.serverHelloDone, 3, 'b'),
    );
    expect(passed).toEqual(['2:a', '11:a', '14:a', '14:a']);
    expect(problems).toEqual([]);
    await receive(message(Type.finished, 4));
    expect(passed).not.toContain('20:a');
    expect(problems).toHaveLength(1);
  });
});

describe('proveHandshake as DTLS server', () => {
  it('takes hellos until one with a cookie counts, and then only that one again', async () => {
    const { passed, receive } = library('server');
    await receive(
      message(Type.clientHello, 0),
      message(Type.clientHello, 0, 'b'),
      message(Type.clientHello, 1, 'cookie'),
    );
    await receive(
      message(Type.clientHello, 0),
      message(Type.clientHello, 1, 'other'),
      message(Type.clientHello, 1, 'cookie'),
    );
    expect(passed).toEqual(['1:a', '1:b', '1:cookie', '1:cookie']);
  });

  it('has nothing to do with the messages of a server', async () => {
    const { passed, receive } = library('server');
    await receive(
      message(Type.clientHello, 1, 'cookie'),
      message(Type.serverHello, 2),
      message(Type.serverHelloDone, 2),
    );
    await receive(message(Type.helloVerifyRequest, 2), message(99, 2), message(Type.certificate, 2));
    expect(passed).toEqual(['1:cookie', '11:a']);
  });

  it('waits for a lost message before it judges', async () => {
    const { passed, problems, receive } = library('server');
    await receive(message(Type.clientHello, 1, 'cookie'), message(Type.certificate, 2), message(Type.finished, 5));
    expect([passed, problems]).toEqual([['1:cookie', '11:a'], []]);
    await receive(message(Type.clientKeyExchange, 3), message(Type.certificateVerify, 4), message(Type.finished, 5));
    expect(passed).toEqual(['1:cookie', '11:a', '16:a', '15:a']);
    expect(problems).toHaveLength(1);
  });
});
