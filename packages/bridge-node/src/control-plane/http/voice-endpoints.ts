import { parseValue, voiceAnswerSchema, voiceIceSchema, voiceOfferSchema } from '@voice-bridge/core';
import { requireScope, valid } from './checks.ts';
import type { EndpointPorts } from './endpoint-ports.ts';
import { readJsonBody } from './read-body.ts';
import { type Asker, askerOf } from './reauthorize.ts';
import type { Endpoints, RequestFacts } from './routes.ts';
import { VoiceRequests } from './voice-requests.ts';

/** The endpoints under `/api/voice`: WebRTC by offer, answer and candidates. */
export function createVoiceEndpoints(ports: EndpointPorts): Pick<Endpoints, 'voiceOffer' | 'voiceAnswer' | 'voiceIce'> {
  const { access, settings } = ports;
  const voice = new VoiceRequests(ports);
  const read = (request: Request) => readJsonBody(request, settings.limits.bodyBytes);
  const asker = async (request: Request, { bind }: RequestFacts): Promise<Asker> => {
    const who = await askerOf(access, request, bind);
    requireScope(who.identity, 'join');
    return who;
  };
  return {
    async voiceOffer(request, facts) {
      const who = await asker(request, facts);
      const offer = valid(parseValue(voiceOfferSchema, await read(request)));
      return Response.json(await voice.offer(who, offer, request.signal));
    },

    async voiceAnswer(request, facts) {
      const who = await asker(request, facts);
      voice.answer(who, valid(parseValue(voiceAnswerSchema, await read(request))));
      return new Response(null, { status: 204 });
    },

    async voiceIce(request, facts) {
      const who = await asker(request, facts);
      voice.ice(who, valid(parseValue(voiceIceSchema, await read(request))));
      return new Response(null, { status: 204 });
    },
  };
}
