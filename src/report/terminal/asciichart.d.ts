declare module 'asciichart' {
  interface PlotConfig {
    readonly min?: number;
    readonly max?: number;
    readonly height?: number;
    readonly offset?: number;
    readonly symbols?: readonly string[];
    readonly format?: (value: number, row: number) => string;
  }
  export function plot(series: readonly number[], config?: PlotConfig): string;
}
