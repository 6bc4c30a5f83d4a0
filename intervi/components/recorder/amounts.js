/** Amounts of bytes, for reading. */

export function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
