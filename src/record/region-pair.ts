/** From where to where deliveries went, by the label `region` of the agents of sender and recipient. */
export interface RegionPair {
  readonly from: string;
  readonly to: string;
}

const NAME = '[\\w.-]{1,100}';
const LABEL = new RegExp(`^from=(${NAME}),to=(${NAME})$`);
const REGION = new RegExp(`^${NAME}$`);

/** As a breakdown of deliveries calls it: `from=tokyo,to=london`. */
export function labelRegions({ from, to }: RegionPair): string {
  return `from=${from},to=${to}`;
}

/** Null where the label is that of another breakdown. */
export function readRegions(label: string): RegionPair | null {
  const [, from, to] = LABEL.exec(label) ?? [];
  return from === undefined || to === undefined ? null : { from, to };
}

/** What it is called by who reads it; null where a label of an agent is no name of a region, or is missing. */
export function readRegion(text: string | undefined): string | null {
  return text !== undefined && REGION.test(text) ? text : null;
}
