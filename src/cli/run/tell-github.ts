import { appendFile } from 'node:fs/promises';
import type { JudgedRun } from '../../report/formats.ts';
import { renderAnnotations } from '../../report/github/render-annotations.ts';
import { renderMarkdown } from '../../report/markdown/render-markdown.ts';
import { printNote } from '../print.ts';

/**
 * Inside a job of GitHub Actions: annotations on stderr, where the runner reads them as well as on stdout, and the summary of the
 * run at the end of the job's. Elsewhere nothing.
 */
export async function tellGithub({ result, verdict }: Pick<JudgedRun, 'result' | 'verdict'>): Promise<void> {
  if (process.env.GITHUB_ACTIONS !== 'true') return;
  const annotations = renderAnnotations(result, verdict);
  if (annotations !== '') printNote(annotations.trimEnd());
  const summaryFile = process.env.GITHUB_STEP_SUMMARY;
  if (summaryFile === undefined || summaryFile === '') return;
  await appendFile(summaryFile, `${renderMarkdown(result, verdict)}\n`).catch((cause: NodeJS.ErrnoException) => {
    printNote(`warning: the job summary cannot be written (${cause.code ?? cause.message})`);
  });
}
