/**
 * The sum of products of `wanted` with `heard`, for each place that it fits at. By Fourier transforms: the bridge under test is in this
 * process, and must not wait for seconds.
 */
export function crossCorrelation(wanted: Float64Array, heard: Float64Array): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, heard.length)));
  const [w, h] = [spectrumOf(wanted, size), spectrumOf(heard, size)];
  const product: Complex = { re: new Float64Array(size), im: new Float64Array(size) };
  for (let k = 0; k < size; k++) {
    const [a, b, c, d] = [w.re[k] ?? 0, w.im[k] ?? 0, h.re[k] ?? 0, h.im[k] ?? 0];
    product.re[k] = a * c + b * d;
    // Conjugated, so that the way back is the same transform.
    product.im[k] = b * c - a * d;
  }
  transform(product);
  return product.re.subarray(0, Math.max(0, heard.length - wanted.length + 1)).map((sum) => sum / size);
}

interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

function spectrumOf(samples: Float64Array, size: number): Complex {
  const signal = { re: new Float64Array(size), im: new Float64Array(size) };
  signal.re.set(samples);
  transform(signal);
  return signal;
}

/** Fourier transform in place, radix 2, decimation in time. */
function transform({ re, im }: Complex): void {
  const size = re.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [re[i], re[j]] = [re[j] ?? 0, re[i] ?? 0];
    [im[i], im[j]] = [im[j] ?? 0, im[i] ?? 0];
  }
  for (let half = 1; half < size; half *= 2) {
    for (let k = 0; k < half; k++) {
      const angle = (-Math.PI * k) / half;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      for (let even = k; even < size; even += 2 * half) {
        const odd = even + half;
        const [x, y] = [re[odd] ?? 0, im[odd] ?? 0];
        const [re1, im1] = [x * cos - y * sin, x * sin + y * cos];
        const [re0, im0] = [re[even] ?? 0, im[even] ?? 0];
        re[even] = re0 + re1;
        im[even] = im0 + im1;
        re[odd] = re0 - re1;
        im[odd] = im0 - im1;
      }
    }
  }
}
