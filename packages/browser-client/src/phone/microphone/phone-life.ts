import type { VoiceBridgeError } from '@voice-bridge/core';

/** The connection straight to the desktop. `link` numbers this phone's connections, `connectionId` is the desktop's name for one. Times in ms. */
export type DirectPath =
  /** `askAt`: when to ask the desktop for another offer; null: it knows that we are here. */
  | { readonly name: 'none'; readonly askAt: number | null }
  | {
      readonly name: 'connecting';
      readonly link: number;
      readonly connectionId: ConnectionId;
      readonly deadline: number;
    }
  | { readonly name: 'connected'; readonly link: number; readonly connectionId: ConnectionId }
  /** The network changed: unless the desktop is heard before `deadline`, the path is broken. */
  | { readonly name: 'doubted'; readonly link: number; readonly connectionId: ConnectionId; readonly deadline: number }
  /** Nothing passes; it may heal by itself. */
  | { readonly name: 'broken'; readonly link: number; readonly connectionId: ConnectionId; readonly askAt: number };

/** The way around: taking part in the session at the bridge. */
export type BridgeWay =
  | { readonly name: 'none' }
  | { readonly name: 'joining' }
  | { readonly name: 'joined' }
  | { readonly name: 'waiting'; readonly retryAt: number };

/** A phone that has its place in the conversation. */
export interface OpenPhone {
  readonly name: 'open';
  readonly desktop: 'away' | 'there';
  readonly direct: DirectPath;
  readonly bridge: BridgeWay;
  /** Direct connections that did not come up since the last one that did. */
  readonly failures: number;
  /** Offers asked for since the last connection. */
  readonly asked: number;
  /** Direct connections so far. */
  readonly links: number;
  /** Whether it was ever connected: what comes then is a reconnection. */
  readonly wasConnected: boolean;
}

/** Where the phone end is in its life. */
export type PhoneLife =
  | { readonly name: 'idle' }
  | { readonly name: 'joining' }
  | OpenPhone
  | { readonly name: 'removed' }
  | { readonly name: 'closed'; readonly error: VoiceBridgeError | null }
  | { readonly name: 'failed'; readonly error: VoiceBridgeError };

/** What can happen to it. */
export type PhoneInput =
  | { readonly type: 'join' | 'opened' | 'removed' | 'leave' }
  /** It did not get in, or lost its place for good; `replaced`: another page has it. */
  | { readonly type: 'refused' | 'replaced'; readonly error: VoiceBridgeError }
  | OpenPhoneInput;

/** What can happen to a phone that has its place. */
export type OpenPhoneInput =
  /** `retry`: the network is another one, or the page woke up. */
  | { readonly type: 'desktopThere' | 'desktopGone' | 'bridgeJoined' | 'bridgeLost' | 'retry' | 'tick' }
  | { readonly type: 'offer'; readonly connectionId: ConnectionId; readonly sdp: string }
  /** `desktopClosed`: the desktop said that it goes. */
  | {
      readonly type: 'linkConnected' | 'linkBroken' | 'linkFailed' | 'linkHeard' | 'desktopClosed';
      readonly link: number;
    };

/** What is to be done, in order. */
export type PhoneEffect =
  /** Answers an offer by a new connection; it stays silent both ways until `useLink`. */
  | { readonly type: 'answer'; readonly link: number; readonly connectionId: ConnectionId; readonly sdp: string }
  /** Answers an offer for a new path of the same connection. */
  | { readonly type: 'renew'; readonly link: number; readonly sdp: string }
  | { readonly type: 'useLink' | 'dropLink'; readonly link: number }
  /** Makes the desktop offer anew, by coming to the signaling line once more. */
  | { readonly type: 'askForOffer' }
  | { readonly type: 'joinBridge' | 'leaveBridge' }
  /** Ends everything; `forget`: the credential as well. */
  | { readonly type: 'stop'; readonly forget: boolean };

/** Undefined from a desktop that names no connections. */
export type ConnectionId = string | undefined;
