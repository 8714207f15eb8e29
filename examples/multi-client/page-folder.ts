/** Where the built page is. */
export const pageFolder = new URL('./dist/', import.meta.url);
