/** The 32-bit number at `at`, network byte order, as the signed number whose bits are combined fastest. */
export function int32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

/** XORs the bytes of `keystream`, from `offset` on, into those of `bytes` from `start` to `end`. */
export function xorInto(bytes: Uint8Array, start: number, end: number, keystream: Uint8Array, offset: number): void {
  const shift = offset - start;
  for (let at = start; at < end; at++) bytes[at] = (bytes[at] ?? 0) ^ (keystream[at + shift] ?? 0);
}
