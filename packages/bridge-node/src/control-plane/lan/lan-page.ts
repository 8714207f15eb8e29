import { createHash } from 'node:crypto';

/** What the page has to say besides its text. */
export interface LanPageFacts {
  /** Where the certificate of the authority is to be had; undefined: the server has a certificate that everybody trusts. */
  readonly certificatePath: string | undefined;
  /** Its SHA-256, as people compare it. */
  readonly fingerprint: string | undefined;
  /** The same page over HTTPS. */
  readonly secureUrl: string;
  /** Where a browser goes on to. */
  readonly startPath: string;
}

/** Takes the owner's token out of the address, exchanges it for the cookie, and goes on. */
const SCRIPT = `
const said = document.querySelector('[role=status]');
const start = document.querySelector('a.start');
const token = location.hash.slice(1);
if (token !== '') history.replaceState(null, '', location.pathname);
if (location.protocol !== 'https:') said.textContent = 'This page came over an open connection; the assistant only works over the secure one.';
else if (token !== '') {
  fetch('/lan/owner', { method: 'POST', body: token }).then(
    (response) => {
      if (response.ok) location.replace(start.href);
      else said.textContent = 'This link is no longer good. Scan the code that the server printed when it started.';
    },
    () => { said.textContent = 'The server does not answer.'; },
  );
} else fetch('/lan/info').then((response) => response.json()).then((info) => {
  said.textContent = info.owner ? 'This browser is known to the server.' : 'This browser is not known yet: scan the code that the server printed when it started, or a code that the desktop shows.';
});
`;
const STYLE = `
:root { color-scheme: light dark; font: 1.05rem/1.55 system-ui, sans-serif; }
body { max-width: 38rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
a.start, a.get { display: inline-block; padding: .8rem 1.2rem; border: 2px solid; border-radius: .6rem; font-weight: 600; text-decoration: none; }
code { overflow-wrap: anywhere; font-size: .9em; } li { margin: .35rem 0; }
`;

/** For `content-security-policy`: this page's own script and style, nothing else. */
export const LAN_PAGE_POLICY = [
  "default-src 'none'",
  `script-src '${hashOf(SCRIPT)}'`,
  `style-src '${hashOf(STYLE)}'`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page a phone meets first: lets the owner in, and explains the certificate. The facts are trusted text. */
export function lanPage(facts: LanPageFacts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Voice Bridge in this network</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Voice Bridge in this network</h1>
<p role="status">One moment…</p>
<p><a class="start" href="${new URL(facts.startPath, facts.secureUrl).href}">Go on</a></p>
${facts.certificatePath === undefined ? '' : certificateHelp(facts.certificatePath, facts.fingerprint ?? '')}
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function certificateHelp(path: string, fingerprint: string): string {
  return `<h2>If the browser warns</h2>
<p>Browsers know the certificates of web sites, not the one this computer made for itself. Going on past the warning is enough for a try;
installing this computer's certificate ends the warnings. It is good for addresses and names of local networks only, and its key never leaves the computer.</p>
<p><a class="get" href="${path}">Download the certificate</a></p>
<p>Compare this with what the server printed, before you install it (SHA-256):<br><code>${fingerprint}</code></p>
<h2>iPhone and iPad</h2>
<ol>
<li>Open this page in Safari, download the certificate, allow the profile.</li>
<li>Settings → General → VPN &amp; Device Management → the profile “Voice Bridge” → Install.</li>
<li>Settings → General → About → Certificate Trust Settings → switch it on. Without this step Safari goes on warning.</li>
</ol>
<h2>Android</h2>
<ol>
<li>Download the certificate in Chrome.</li>
<li>Settings → Security &amp; privacy → More security settings → Encryption &amp; credentials → Install a certificate → CA certificate → Install anyway; choose the file.</li>
<li>Firefox on Android: Settings → About Firefox, tap the logo five times; Settings → Secret settings → Use third party CA certificates.</li>
</ol>
<h2>A computer</h2>
<ul>
<li>macOS: open the file, then set it to “Always Trust” in Keychain Access.</li>
<li>Windows: open the file → Install Certificate → Trusted Root Certification Authorities.</li>
<li>Chrome on Linux: Settings → Privacy and security → Security → Manage certificates → Authorities → Import. Firefox: Settings → Privacy &amp; Security → View Certificates → Authorities → Import.</li>
</ul>
<p>To take it back, delete it in the same place.</p>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
