/** One part of a form; it goes out without a file name. */
export interface FormPart {
  readonly name: string;
  readonly contentType: string;
  readonly body: string;
}

/** A form ready to be posted. */
export interface EncodedForm {
  readonly contentType: string;
  readonly body: string;
}

const BOUNDARY = 'voice-bridge-form';

/** Writes `multipart/form-data` (RFC 7578) whose parts have types and no file names, which `FormData` cannot. */
export function encodeMultipart(parts: readonly FormPart[]): EncodedForm {
  const boundary = freeBoundary(parts);
  const lines: string[] = [];
  for (const part of parts) {
    lines.push(`--${boundary}`, `Content-Disposition: form-data; name="${part.name}"`);
    lines.push(`Content-Type: ${part.contentType}`, '', part.body);
  }
  lines.push(`--${boundary}--`, '');
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: lines.join('\r\n') };
}

// A part may hold any text, so the boundary grows until no part has it (RFC 2046 section 5.1.1).
function freeBoundary(parts: readonly FormPart[]): string {
  let number = 0;
  while (parts.some((part) => part.body.includes(`${BOUNDARY}-${number}`))) number++;
  return `${BOUNDARY}-${number}`;
}
