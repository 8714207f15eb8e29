/**
 * Replaces `target[method]` by one whose failures, thrown or rejected, go to `onError`, and which is not called at all
 * with arguments that `accept` refuses. For library methods that are called without a `catch`, where a rejection would
 * end the process.
 * Throws `TypeError` when there is no such method: a changed library must not lose its guard in silence.
 */
export function catchAsync(
  target: object,
  method: string,
  onError: (error: unknown) => void,
  accept: (...args: unknown[]) => boolean = () => true,
): void {
  const original: unknown = Reflect.get(target, method);
  if (typeof original !== 'function') throw new TypeError(`The WebRTC library has no method ${method} to guard`);
  const guarded = async (...args: unknown[]): Promise<unknown> => {
    try {
      if (!accept(...args)) throw new TypeError(`${method} was given something malformed`);
      return await Reflect.apply(original, target, args);
    } catch (error) {
      onError(error);
      return undefined;
    }
  };
  Object.defineProperty(target, method, { value: guarded, writable: true, configurable: true });
}
