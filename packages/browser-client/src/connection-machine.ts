import {
  type Clock,
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionState,
  connectionWakeAt,
  idleConnection,
  Machine,
  type ReconnectPolicy,
  stepConnection,
} from '@voice-bridge/core';

/** A connection that is redialled as its policy says. */
export type ConnectionMachine = Machine<ConnectionState, ConnectionInput, ConnectionEffect>;

/** What a {@link ConnectionMachine} works with. */
export interface ConnectionMachineOptions {
  readonly host: { readonly clock: Clock; random(): number };
  readonly policy: ReconnectPolicy;
  readonly perform: (effect: ConnectionEffect) => void;
  readonly onChange: (state: ConnectionState) => void;
}

/** Makes one that nobody has asked for yet. */
export function openConnectionMachine({
  host,
  policy,
  perform,
  onChange,
}: ConnectionMachineOptions): ConnectionMachine {
  return new Machine<ConnectionState, ConnectionInput, ConnectionEffect>({
    initial: idleConnection,
    step: (state, input, now) => stepConnection(state, input, now, policy, host.random()),
    perform,
    onChange,
    clock: host.clock,
    wakeAt: connectionWakeAt,
    tick: { type: 'tick' },
  });
}
