const SEQUENCE_VALUES = 65_536;
const TIMESTAMP_VALUES = 4_294_967_296;

/** Puts a 16-bit sequence number on the endless line, at the place nearest to `reference` (RFC 3550 section A.1). */
export function extendSequence(sequenceNumber: number, reference: number): number {
  return reference + signedDistance(sequenceNumber - reference, SEQUENCE_VALUES);
}

/** How far the 32-bit RTP timestamp `to` is ahead of `from`; negative when behind. */
export function timestampDistance(from: number, to: number): number {
  return signedDistance(to - from, TIMESTAMP_VALUES);
}

/** The low 16 bits of an endless sequence number. */
export function wrapSequence(extended: number): number {
  return modulo(extended, SEQUENCE_VALUES);
}

/** The low 32 bits of an endless timestamp. */
export function wrapTimestamp(extended: number): number {
  return modulo(extended, TIMESTAMP_VALUES);
}

function signedDistance(difference: number, values: number): number {
  const forward = modulo(difference, values);
  return forward >= values / 2 ? forward - values : forward;
}

function modulo(value: number, values: number): number {
  return ((value % values) + values) % values;
}
