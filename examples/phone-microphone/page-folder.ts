/** Where the built page is. */
export const pageFolder = new URL('./dist/', import.meta.url);

/** A page that shows every state of both pages, to be looked at and tested; not part of the built one. */
export const statesFolder = new URL('./states/', import.meta.url);
