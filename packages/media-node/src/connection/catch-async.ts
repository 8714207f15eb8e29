/**
 * Replaces `target[method]` by one whose failures, thrown or rejected, go to `onError`.
 * For library methods that are called without a `catch`, where a rejection would end the process.
 * Throws `TypeError` when there is no such method: a changed library must not lose its guard in silence.
 */
export function catchAsync(target: object, method: string, onError: (error: unknown) => void): void {
  const original: unknown = Reflect.get(target, method);
  if (typeof original !== 'function') throw new TypeError(`The WebRTC library has no method ${method} to guard`);
  const guarded = async (...args: unknown[]): Promise<unknown> => {
    try {
      return await Reflect.apply(original, target, args);
    } catch (error) {
      onError(error);
      return undefined;
    }
  };
  Object.defineProperty(target, method, { value: guarded, writable: true, configurable: true });
}
