/** Open files that a run of tens of thousands of connections needs in each of its processes. */
export const OPEN_FILES_WANTED = 10_000;
