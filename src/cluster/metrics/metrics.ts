import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type FigureMetric, metricOf } from './figures.ts';

type Figures = Readonly<Record<string, number>>;

/** The metrics of one gateway or worker, in a registry of its own: several may share a process. */
export interface Metrics {
  /** A histogram of seconds. Observe once per burst or batch: an observation costs about as much as a message. */
  addHistogram(name: string, help: string): { observe(seconds: number): void };
  /** All of them in Prometheus' text format, the process's own figures included. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** From half a millisecond, below which a local broker does not come, to the delivery timeout of scenarios. */
const SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/**
 * @param readFigures plain numbers, kept by whoever counts; they are read when somebody scrapes, and cost nothing before
 */
export function createMetrics(readFigures: () => Figures): Metrics {
  const registry = new Registry();
  const known = new Set<string>();
  let figures: Figures = {};
  let asked = false;

  function expose(figure: string, { name, type, help }: FigureMetric): void {
    const read = () => figures[figure] ?? 0;
    if (type === 'gauge') {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
      return;
    }
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  return {
    addHistogram: (name, help) => new Histogram({ name, help, buckets: SECONDS, registers: [registry] }),
    async render() {
      // Not before somebody asks: they watch the event loop and the garbage collector.
      if (!asked) collectDefaultMetrics({ register: registry });
      asked = true;
      figures = readFigures();
      for (const figure of Object.keys(figures)) {
        if (known.has(figure)) continue;
        known.add(figure);
        expose(figure, metricOf(figure));
      }
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
