import { useEffect, useState } from 'react';
import { takeLinkToken } from './link-token.ts';

/** Taken before anything is rendered: an address is no place for a secret. */
const tokenOfPage = takeLinkToken();

/** The token this page was opened with, or the newer one that was scanned into the same tab; and the way to forget it. */
export function useLinkToken(): [token: string | null, forget: () => void] {
  const [token, setToken] = useState(tokenOfPage);
  useEffect(() => {
    const take = () => {
      const scanned = takeLinkToken();
      if (scanned !== null) setToken(scanned);
    };
    addEventListener('hashchange', take);
    return () => removeEventListener('hashchange', take);
  }, []);
  return [token, () => setToken(null)];
}
