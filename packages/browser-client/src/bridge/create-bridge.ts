import type { RtcConnectionFactory } from '../rtc/rtc-connection.ts';
import { BridgeApi, type BridgeApiOptions, type ConversationWishes } from './bridge-api.ts';
import { BridgeLink, type BridgeLinkSinks } from './bridge-link.ts';

/** One conversation at one bridge, and how to get there. */
export interface BridgeOptions extends BridgeApiOptions {
  readonly openRtc: RtcConnectionFactory;
  readonly wishes: ConversationWishes;
}

/** The way to one conversation: requests, and one link after the other. */
export interface Bridge {
  readonly api: BridgeApi;
  createLink(sinks: BridgeLinkSinks): BridgeLink;
}

/** Makes the way to one conversation. */
export type CreateBridge = (options: BridgeOptions) => Bridge;

/** Makes it; nothing is asked yet. */
export const createBridge: CreateBridge = (options) => {
  const api = new BridgeApi(options);
  const { openRtc, clock, wishes } = options;
  return { api, createLink: (sinks) => new BridgeLink({ api, openRtc, clock, wishes, sinks }) };
};
