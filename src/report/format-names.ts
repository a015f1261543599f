/** Every format that a run can be written in. Apart from what renders them: the command line needs only the names. */
export const FORMAT_NAMES = ['html', 'md', 'junit', 'csv', 'hlog', 'github', 'benchmark', 'json'] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];
