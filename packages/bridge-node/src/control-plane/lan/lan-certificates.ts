import { join } from 'node:path';
import {
  type CertificatePair,
  createAuthority,
  isAuthority,
  isGoodFor,
  issueCertificate,
} from './certificate-authority.ts';
import { CertificateFolder, type KeptPair, userCacheFolder } from './certificate-folder.ts';

/** Which certificates a server of local networks has. */
export interface LanCertificatesOptions {
  /** The application's own; nothing is made then. */
  readonly certificate: CertificatePair | undefined;
  /** Default: among the user's caches. */
  readonly cacheFolder: string | undefined;
  /** Whose authority it is, as certificate viewers show it. */
  readonly label: string;
}

/** The certificate of a server of local networks, made anew when it no longer fits. */
export class LanCertificates {
  readonly #folder: CertificateFolder;
  readonly #authority: KeptPair | undefined;
  #last: CertificatePair | undefined;

  private constructor(folder: CertificateFolder, authority: KeptPair | undefined, own: CertificatePair | undefined) {
    this.#folder = folder;
    this.#authority = authority;
    this.#last = own;
  }

  /** Takes the authority from the folder; makes it when there is none that is as it should be, and good for another 30 days. */
  static async open({ certificate, cacheFolder, label }: LanCertificatesOptions): Promise<LanCertificates> {
    const folder = new CertificateFolder(cacheFolder ?? join(userCacheFolder(process.platform, process.env), 'lan'));
    if (certificate !== undefined) return new LanCertificates(folder, undefined, certificate);
    const authority = await folder.get({
      name: 'authority',
      isGood: (pair) => isAuthority(pair, Date.now()),
      make: () => createAuthority(label, Date.now()),
    });
    return new LanCertificates(folder, authority, undefined);
  }

  /** The authority's certificate as PEM; undefined with one of the application's own. */
  get authorityPem(): string | undefined {
    return this.#authority?.pair.certPem;
  }

  /** Whether it took the place of one that was kept. */
  get isAuthorityNew(): boolean {
    return this.#authority?.isReplaced ?? false;
  }

  /** One that names all of the hosts: the same object as long as it does and is good for another 30 days. */
  async get(hosts: readonly string[]): Promise<CertificatePair> {
    const authority = this.#authority?.pair;
    const last = this.#last;
    if (last !== undefined && (authority === undefined || isGoodFor(last, authority, hosts, Date.now()))) return last;
    if (authority === undefined) throw new TypeError('A certificate of the application needs no authority');
    const { pair } = await this.#folder.get({
      name: 'server',
      isGood: (each) => isGoodFor(each, authority, hosts, Date.now()),
      make: () => issueCertificate(authority, hosts, Date.now()),
    });
    this.#last = pair;
    return pair;
  }
}
