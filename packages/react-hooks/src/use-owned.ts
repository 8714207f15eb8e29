import { useEffect, useState } from 'react';
import { Lease } from './lease.ts';

/** What was given, or what `make` makes once and `end` ends when the component is gone for good. */
export function useOwned<T>(given: T | undefined, make: () => T, end: (owned: T) => void): T {
  const [owned] = useState(() => {
    if (given !== undefined) return null;
    const made = make();
    return { made, lease: new Lease(() => end(made)) };
  });
  useEffect(() => owned?.lease.retain(), [owned]);
  const used = given ?? owned?.made;
  if (used === undefined) throw new TypeError('What was given at the first render has to stay given');
  return used;
}
