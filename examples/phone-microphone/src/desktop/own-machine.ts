/** Whether a host name means the machine that asks, whichever that is: a phone that opens it finds itself. */
export function isOwnMachine(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || hostname.startsWith('127.')
  );
}
