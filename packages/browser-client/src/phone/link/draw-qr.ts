/** Modules of the quiet zone around a code (ISO/IEC 18004: four). */
const QUIET_ZONE = 4;

/** Draws a QR code of a text, rows of modules, true is dark; what draws it is loaded when it is first needed. */
export async function drawQr(text: string): Promise<readonly (readonly boolean[])[]> {
  const { encode } = await import('uqr');
  return encode(text, { ecc: 'M', border: QUIET_ZONE }).data;
}
